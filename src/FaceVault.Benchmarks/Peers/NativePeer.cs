using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FaceVault.Benchmarks.Peers;

/// <summary>Compiles a native contestant with the system's C++ compiler, for this processor, and loads it.</summary>
internal static partial class NativePeer
{
    public const string Compiler = "apt-get install g++";

    /// <param name="source">A file of the folder Native.</param>
    /// <param name="install">The command that brings what it needs, told when it cannot be made.</param>
    /// <param name="libraries">What it is linked with.</param>
    /// <exception cref="PeerAbsentException">It cannot be compiled or loaded here.</exception>
    public static nint Load(string source, string install, params string[] libraries)
    {
        string folder = Directory.CreateTempSubdirectory("facevault-peers-").FullName, library = Path.Combine(folder, Path.ChangeExtension(source, ".so"));
        try
        {
            using (Stream embedded = typeof(NativePeer).Assembly.GetManifestResourceStream(source)!)
            using (FileStream file = File.Create(Path.Combine(folder, source)))
                embedded.CopyTo(file);
            Run("g++", ["-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-o", library, Path.Combine(folder, source), .. libraries.Select(l => "-l" + l)], install);
            TellOpenBlas();
            return NativeLibrary.Load(library);
        }
        catch (DllNotFoundException missing)
        {
            throw new PeerAbsentException(install, missing.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true); // what is mapped stays
        }
    }

    /// <summary>OpenBLAS knows processors by name, takes newer ones for older ones, and lets variables overrule it: it is told to use the instructions that are there, so that nobody is measured at less than they can do.</summary>
    private static void TellOpenBlas()
    {
        _ = unsetenv("OPENBLAS_L2_SIZE");
        if (Avx512BW.IsSupported)
            _ = setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unsetenv(string name);

    private static void Run(string program, string[] arguments, string install)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new PeerAbsentException(install, errors.Split('\n')[0]);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new PeerAbsentException(Compiler, missing.Message);
        }
    }
}

/// <summary>A contestant that is not here.</summary>
internal sealed class PeerAbsentException(string install, string why) : Exception(why)
{
    /// <summary>The command that installs it.</summary>
    public string Install { get; } = install;
}
