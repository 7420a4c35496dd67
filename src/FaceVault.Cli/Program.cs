Console.Error.WriteLine("facevault: no commands yet");
return 2;
