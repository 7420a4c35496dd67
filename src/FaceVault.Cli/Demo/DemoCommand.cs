using System.CommandLine;
using FaceVault.Cli.Options;

namespace FaceVault.Cli.Demo;

/// <summary><c>demo</c>: the whole life of a template in a temporary folder, and what becomes of a copy that outlives it.</summary>
internal static class DemoCommand
{
    public static Command Create(Common common)
    {
        Option<long> subjects = New.Whole("--subjects", "N", "How many people to make up.", byDefault: 1000);
        Option<bool> keep = new("--keep") { Description = "Leave the folder behind for a closer look." };
        return new Command("demo", "Show it all in a temporary folder: enrol, identify, withdraw, certificate, and a backup that is refused.").With(subjects, keep).Does(common, async context =>
        {
            long count = context.Get(subjects);
            if (count is < 2 or > 1_000_000)
                throw Messages.Usage("--subjects takes 2 to 1,000,000.");
            string folder = Directory.CreateTempSubdirectory("facevault-demo-").FullName;
            try
            {
                await new Demonstration(context, folder, (int)count).RunAsync().ConfigureAwait(false);
                return ExitCode.Done;
            }
            finally
            {
                if (context.Get(keep))
                    context.Say($"Everything is still in {folder}.");
                else
                    Directory.Delete(folder, recursive: true);
            }
        });
    }
}
