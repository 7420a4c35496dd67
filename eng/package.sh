#!/usr/bin/env bash
# usage: eng/package.sh [RESULTS]
# Packs every packable project into artifacts/packages, then uses the packages as a stranger does: looks into them, runs the README's own code in a fresh console app, also
# trimmed and self-contained, serves from a fresh web app, and installs the command line as a tool. Everything is restored from that folder beside the machine's own package
# source, into a package cache of its own. What passed and failed is written to RESULTS/packages.trx for eng/count.sh; exits non-zero when anything failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root="$PWD"
results="${1:-$root/artifacts/tests}"
feed="$root/artifacts/packages"
data="$root/artifacts/package-data" # vaults of the apps: a root key on tmpfs would be refused, and temporary folders often are
work="$(mktemp -d)"                 # outside the repository, whose Directory.Build.props are not a stranger's
cache="$root/artifacts/nuget"
trap 'rm -rf "$work" "$data"' EXIT
rm -rf "$feed" "$data" "$cache"/facevault*
mkdir -p "$results" "$feed" "$data" "$cache"
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
mapfile -t projects < <(grep -l '<IsPackable>true</IsPackable>' src/*/*.csproj)

# What each package may depend on. Transitive pinning makes direct dependencies of pins: they would show here.
declare -A intended=(
    [FaceVault]="Microsoft.Extensions.DependencyInjection.Abstractions Microsoft.Extensions.Logging.Abstractions Microsoft.Extensions.Options SQLitePCLRaw.bundle_e_sqlite3"
    [FaceVault.Hosting]="FaceVault"
    [FaceVault.Cli]=""
)

lines=()
failed=0
check() { # NAME COMMAND...: the name is a sentence, the command says yes or no
    local name="$1" outcome=Passed
    shift
    if ! "$@" >"$work/log" 2>&1; then
        outcome=Failed
        failed=$((failed + 1))
        say "package: FAILED: $name"
        cat "$work/log" >&2
    fi
    lines+=("    <UnitTestResult testName=\"$name\" outcome=\"$outcome\" />")
    [ "$outcome" = Passed ]
}

finish() {
    {
        printf '<TestRun>\n  <Results>\n'
        printf '%s\n' "${lines[@]}"
        printf '  </Results>\n  <ResultSummary>\n    <Counters total="%d" executed="%d" passed="%d" failed="%d" />\n  </ResultSummary>\n</TestRun>\n' \
            ${#lines[@]} ${#lines[@]} $((${#lines[@]} - failed)) "$failed"
    } >"$results/packages.trx"
    say "package: $((${#lines[@]} - failed)) passed, $failed failed"
    exit $((failed > 0))
}

pack() {
    local project
    for project in "${projects[@]}"; do
        dotnet pack "$project" -c Release --nologo -v quiet --disable-build-servers -warnaserror -o "$feed" || return 1
    done
    ls -l "$feed"
    [ "$(ls "$feed" | grep -c '\.nupkg$')" -eq ${#projects[@]} ]
}

build_elsewhere() { # the same sources in another folder, without git
    mkdir "$work/elsewhere"
    tar -cf - --exclude=bin --exclude=obj Directory.* global.json .editorconfig README.md LICENSE src | tar -xf - -C "$work/elsewhere" || return 1
    local project
    for project in "${projects[@]}"; do
        dotnet build "$work/elsewhere/$project" -c Release --nologo -v quiet --disable-build-servers -p:RunAnalyzers=false || return 1
    done
}

folder_of() { # ID: where the restored or installed package lies unpacked
    local id="${1,,}" folder
    for folder in "$cache/$id/$version" "$work/tools/.store/$id/$version/$id/$version"; do
        [ ! -d "$folder" ] || { echo "$folder"; return; }
    done
    echo "$1 was not installed." >&2
    return 1
}

nuspec_of() { # ID: what the package says of itself; a tool keeps the case of its name, a library does not
    local folder
    folder=$(folder_of "$1") && find "$folder" -maxdepth 1 -iname "$1.nuspec" | grep .
}

from_feed() { # ID: what was installed is what was packed
    local folder
    folder=$(folder_of "$1") && cmp "$folder/${1,,}.$version.nupkg" "$feed/$1.$version.nupkg"
}

same_elsewhere() { # ID: the assembly that was installed is the one that the other folder gives, byte by byte
    local folder
    folder=$(folder_of "$1") && cmp "$(find "$folder" -name "$1.dll" | head -n 1)" "$work/elsewhere/src/$1/bin/Release/net10.0/$1.dll"
}

depends_as_intended() {
    local id="$1" nuspec
    [ -n "${intended[$id]+there}" ] || { echo "Write down in eng/package.sh what $id may depend on."; return 1; }
    nuspec=$(nuspec_of "$id") || return 1
    diff <(tr ' ' '\n' <<<"${intended[$id]}" | sed '/^$/d' | sort) <(sed -n 's/.*<dependency id="\([^"]*\)".*/\1/p' "$nuspec" | sort) || { cat "$nuspec"; return 1; }
}

carries() { # ID: README, licence, documentation of the API, symbols
    local id="$1" folder nuspec
    folder=$(folder_of "$id") && nuspec=$(nuspec_of "$id") || return 1
    cmp "$folder/README.md" README.md && cmp "$folder/LICENSE" LICENSE || return 1
    grep '<license type="expression">Apache-2.0</license>' "$nuspec" && grep '<readme>README.md</readme>' "$nuspec" || return 1
    grep -aq "$id.pdb" "$feed/$id.$version.snupkg" || { echo "No symbols."; return 1; }
    grep -q 'DotnetTool' "$nuspec" || grep -q "<name>$id</name>" "$folder/lib/net10.0/$id.xml"
}

restore="-p:RestoreAdditionalProjectSources=$feed -p:DisableTransitiveFrameworkReferenceDownloads=true"

app() { # NAME SDK: a fresh project that references the packages named in $3...
    local name="$1" sdk="$2" id
    shift 2
    mkdir -p "$work/$name"
    {
        printf '<Project Sdk="%s">\n  <PropertyGroup>\n    <OutputType>Exe</OutputType>\n    <TargetFramework>net10.0</TargetFramework>\n' "$sdk"
        printf '    <Nullable>enable</Nullable>\n    <ImplicitUsings>enable</ImplicitUsings>\n  </PropertyGroup>\n  <ItemGroup>\n'
        for id in "$@"; do printf '    <PackageReference Include="%s" Version="%s" />\n' "$id" "$version"; done
        printf '  </ItemGroup>\n</Project>\n'
    } >"$work/$name/$name.csproj"
}

readme_app() {
    app readme Microsoft.NET.Sdk FaceVault
    {
        cat <<'CODE'
using FaceVault;

string folder = Path.Combine(args[0], "faces"), firstRoot = Path.Combine(args[0], "a.key"), secondRoot = Path.Combine(args[0], "b.key"), notice = new('0', 64);
float[] embedding = [.. Enumerable.Range(0, 512).Select(i => MathF.Sin(i))], probe = embedding;
CODE
        awk '/^```csharp$/ { on = 1; next } /^```$/ { if (on) exit } on' README.md
        echo 'Console.WriteLine($"{found.Count} found, certificate {finding}");'
    } >"$work/readme/Program.cs"
    dotnet build "$work/readme" -c Release --nologo -v quiet --disable-build-servers -warnaserror $restore
}

runs_readme() { # FOLDER COMMAND...
    mkdir "$data/$1"
    local said
    said=$("${@:2}" "$data/$1") || return 1
    echo "$said"
    [ "$said" = "1 found, certificate Valid" ]
}

trimmed() {
    local rid
    rid=$(dotnet --info | sed -n 's/^ *RID: *//p')
    dotnet publish "$work/readme" -c Release -r "$rid" --self-contained --nologo -v quiet --disable-build-servers -warnaserror -p:PublishTrimmed=true $restore -o "$work/trimmed" || return 1
    [ ! -e "$work/trimmed/System.Private.Xml.dll" ] || { echo "Nothing was trimmed."; return 1; }
    DOTNET_ROOT=/nowhere runs_readme trimmed "$work/trimmed/readme"
}

web_app() {
    local ids=(FaceVault)
    [ ! -e "$feed/FaceVault.Hosting.$version.nupkg" ] || ids=(FaceVault.Hosting)
    app web Microsoft.NET.Sdk.Web "${ids[@]}"
    cat >"$work/web/Program.cs" <<'CODE'
using FaceVault;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddFaceVault(options =>
{
    options.Directory = Path.Combine(args[0], "faces");
    options.RootKey = new FileRootKeyStore(Path.Combine(args[0], "a.key"), Path.Combine(args[0], "b.key"));
});
WebApplication app = builder.Build();
app.Urls.Add("http://127.0.0.1:0");
app.MapGet("/consents", async (Vault vault) => (await vault.GetStatusAsync()).Consents);
await app.Services.GetRequiredService<Vault>().InitializeAsync();
await app.StartAsync();
using var client = new HttpClient();
Console.WriteLine("consents: " + await client.GetStringAsync(new Uri(new Uri(app.Urls.First()), "consents")));
await app.StopAsync();
await app.DisposeAsync();
CODE
    dotnet build "$work/web" -c Release --nologo -v quiet --disable-build-servers -warnaserror $restore
}

serves() {
    mkdir "$data/web"
    local said
    said=$(dotnet "$work/web/bin/Release/net10.0/web.dll" "$data/web") || return 1
    echo "$said"
    [ "$said" = "consents: 0" ]
}

door_access() { # the sample of the repository, as a project that references the package
    app door Microsoft.NET.Sdk.Web FaceVault.Hosting
    tar -cf - -C src/FaceVault.Samples.DoorAccess --exclude=bin --exclude=obj --exclude='*.csproj' . | tar -xf - -C "$work/door" || return 1
    dotnet build "$work/door" -c Release --nologo -v quiet --disable-build-servers -warnaserror $restore
}

tool() {
    dotnet tool install FaceVault.Cli --version "$version" --tool-path "$work/tools" --add-source "$feed" || return 1
    [ -z "$(find "$work/tools/.store" -name facevault -type f)" ] || { echo "The package holds an executable of the machine that packed it."; return 1; }
    [ "$("$work/tools/facevault" --version)" = "$version" ]
}

demonstrates() {
    "$work/tools/facevault" demo --subjects 50 >"$work/demo" 2>&1 || { cat "$work/demo"; return 1; }
    grep StoreRolledBack "$work/demo"
}

check "Every packable project is packed without a warning" pack || finish
check "The sources build in another folder without git" build_elsewhere
export NUGET_PACKAGES="$cache" # from here on: what is installed is what was packed just now
check "A fresh console app with the code of the README builds" readme_app
check "The code of the README runs" runs_readme plain dotnet "$work/readme/bin/Release/net10.0/readme.dll"
check "The code of the README runs trimmed and self-contained" trimmed
check "A fresh web app builds" web_app
check "The web app serves from a vault" serves
[ ! -d src/FaceVault.Samples.DoorAccess ] || check "The door-access sample builds from the packages" door_access
check "The command line installs as a tool and says its version" tool
check "The installed tool shows the whole demonstration" demonstrates
for project in "${projects[@]}"; do
    id=$(basename "$project" .csproj)
    check "$id: what was installed is what was packed" from_feed "$id"
    check "$id: depends on what is intended and nothing else" depends_as_intended "$id"
    check "$id: carries README, licence, documentation and symbols" carries "$id"
    check "$id: the same bytes from another folder" same_elsewhere "$id"
done
finish
