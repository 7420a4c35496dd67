using BenchmarkDotNet.Running;
using FaceVault.Benchmarks;
using FaceVault.Benchmarks.Peers;

// The first word names a measurement of its own; without one BenchmarkDotNet takes the arguments.
switch (args)
{
    case ["figures", .. string[] rest]:
        return await Figures.RunAsync(rest);
    case ["accuracy", string folder]:
        return AccuracyFigures.Run(folder);
    case ["large-gallery", string folder]:
        return LargeGalleryFigures.Run(folder, 300_000);
    case ["large-gallery", string folder, string persons]:
        return LargeGalleryFigures.Run(folder, int.Parse(persons, System.Globalization.CultureInfo.InvariantCulture));
    case ["trial", .. string[] rest]:
        return await BenchmarkTrial.RunAsync(rest);
    case ["open-once", string folder]:
        return await GrowthFigures.OpenOnceAsync(folder);
    case ["load-once", string folder]:
        return await LoadingFigures.LoadOnceAsync(folder);
    case ["peers", .. string[] rest]:
        return PeersCommand.Run(rest);
    case ["read-ratio", .. string[] rest]:
        return ReadRatio.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
