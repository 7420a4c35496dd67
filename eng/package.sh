#!/usr/bin/env bash
# usage: eng/package.sh [RESULTS]
# Packs every packable project into artifacts/packages, then uses the packages as a stranger does: looks into them, installs them by the lines of docs/getting-started.md, runs the
# README's own code in the fresh console app, serves from a fresh web app with the core alone, and runs the service of docs/hosting.md, asked through HTTP; both documents' code also
# trimmed and self-contained. Everything is restored from that folder beside the machine's own package source, with a home and a package cache of its own. What passed and failed is
# written to RESULTS/packages.trx for eng/count.sh; exits non-zero when anything failed.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root="$PWD"
results="${1:-$root/artifacts/tests}"
feed="$root/artifacts/packages"
data="$root/artifacts/package-data" # vaults of the apps: a root key on tmpfs would be refused, and temporary folders often are
work="$(mktemp -d)"                 # outside the repository, whose Directory.Build.props are not a stranger's
cache="$root/artifacts/nuget"
home="$work/home"                   # a stranger's: nothing installed, no sources but the machine's
facevault="$home/.dotnet/tools/facevault"
rid=$(dotnet --info | sed -n 's/^ *RID: *//p')
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
    for folder in "$cache/$id/$version" "$home/.dotnet/tools/.store/$id/$version/$id/$version"; do
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

restore="-p:DisableTransitiveFrameworkReferenceDownloads=true"

block() { # PAGE LANGUAGE [TEXT]: the first block of the language, or the first that holds the text
    awk -v fence="\`\`\`$2" -v text="${3:-}" '$0 == fence { on = 1; code = ""; next } /^```$/ { if (on && index(code, text)) { printf "%s", code; exit } on = 0 } on { code = code $0 "\n" }' "$1"
}

install() { # in a home of its own, with the machine's own sources
    local machine="$HOME/.nuget/NuGet/NuGet.Config"
    mkdir -p "$home/.nuget/NuGet"
    [ ! -e "$machine" ] || cp "$machine" "$home/.nuget/NuGet/"
    export HOME="$home" NUGET_PACKAGES="$cache" # from here on: what is installed is what was packed just now
    block docs/getting-started.md sh "dotnet nuget add source" | grep . >"$work/install.sh" || return 1
    bash -eux "$work/install.sh" || return 1
    [ -z "$(find "$home/.dotnet/tools/.store" -name facevault -type f)" ] || { echo "The package holds an executable of the machine that packed it."; return 1; }
    [ "$("$facevault" --version)" = "$version" ]
}

build() { # FOLDER
    dotnet build "$1" -c Release --nologo -v quiet --disable-build-servers -warnaserror $restore
}

trim() { # FOLDER OUTPUT
    dotnet publish "$1" -c Release -r "$rid" --self-contained --nologo -v quiet --disable-build-servers -warnaserror -p:PublishTrimmed=true $restore -o "$2" || return 1
    [ ! -e "$2/System.Private.Xml.dll" ] || { echo "Nothing was trimmed."; return 1; }
}

readme_app() { # in the console app that the lines of getting started made
    {
        cat <<'CODE'
using FaceVault;

string folder = Path.Combine(args[0], "faces"), firstRoot = Path.Combine(args[0], "a.key"), secondRoot = Path.Combine(args[0], "b.key"), notice = new('0', 64);
float[] embedding = [.. Enumerable.Range(0, 512).Select(i => MathF.Sin(i))], probe = embedding;
CODE
        block README.md csharp
        echo 'Console.WriteLine($"{found.Count} found, certificate {finding}");'
    } >"$home/door/Program.cs"
    build "$home/door"
}

runs_readme() { # FOLDER COMMAND...
    mkdir "$data/$1"
    local said
    said=$("${@:2}" "$data/$1") || return 1
    echo "$said"
    [ "$said" = "1 found, certificate Valid" ]
}

readme_trimmed() {
    trim "$home/door" "$work/trimmed" && DOTNET_ROOT=/nowhere runs_readme trimmed "$work/trimmed/door"
}

web_project() { # NAME PACKAGE: a fresh web application
    mkdir -p "$work/$1"
    cat >"$work/$1/$1.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="$2" Version="$version" />
  </ItemGroup>
</Project>
PROJECT
}

web_app() { # the core alone
    web_project web FaceVault
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
    build "$work/web"
}

serves() {
    mkdir "$data/web"
    local said
    said=$(dotnet "$work/web/bin/Release/net10.0/web.dll" "$data/web") || return 1
    echo "$said"
    [ "$said" = "consents: 0" ]
}

service() { # the one of docs/hosting.md, word for word
    web_project service FaceVault.Hosting
    mkdir "$work/service/purposes"
    block docs/hosting.md csharp >"$work/service/Program.cs"
    block docs/hosting.md json >"$work/service/appsettings.json"
    "$facevault" purpose template >"$work/service/purposes/door.json" && build "$work/service"
}

ask() { # STATUS METHOD PATH [FILE]: sends the file, keeps the answer in $work/answer
    local status
    status=$(curl -sS -o "$work/answer" -w '%{http_code}' -X "$2" "$base$3" ${4:+-H "content-type: application/json" --data-binary "@$4"}) || return 1
    [ "$status" = "$1" ] || { echo "$2 $3 was answered with $status instead of $1:"; cat "$work/answer"; return 1; }
}

use_service() { # grant, enrol, open, replace, withdraw; the installed tool checks the certificates
    local now face other
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    face=$(awk 'BEGIN { for (i = 0; i < 512; i++) printf "%s%.6f", (i ? "," : ""), sin(i) }')
    other=$(awk 'BEGIN { for (i = 0; i < 512; i++) printf "%s%.6f", (i ? "," : ""), cos(i * i) }')
    sed -n 's/.*"notice": \({.*\)}.*/\1/p' "$work/service/purposes/door.json" >"$work/notice"
    echo "{\"id\":\"c-17\",\"subject\":\"emp-1042\",\"purpose\":\"door\",\"given\":\"$now\",\"expires\":\"2099-01-01T00:00:00Z\",\"notice\":$(cat "$work/notice"),\"shown\":\"$now\"},\"form\":\"written\",\"ageBand\":\"adult\",\"interaction\":\"form-88\"}" >"$work/form.json"
    echo "{\"consent\":\"c-17\",\"embedding\":[$face]}" >"$work/face.json"
    echo "{\"consent\":\"c-17\",\"embedding\":[$other]}" >"$work/other.json"
    echo '{"consent":"c-17"}' >"$work/withdrawal.json"
    echo '{}' >"$work/nothing.json"
    ask 200 GET /key && mv "$work/answer" "$work/key" || return 1
    ask 200 POST /consents "$work/form.json" && mv "$work/answer" "$work/receipt.json" || return 1
    ask 403 POST /open "$work/face.json" && ask 204 POST /faces "$work/face.json" && ask 200 POST /open "$work/face.json" && ask 403 POST /open "$work/other.json" || return 1
    ask 200 PUT /faces "$work/other.json" && mv "$work/answer" "$work/replaced.json" && ask 403 POST /open "$work/face.json" && ask 200 POST /open "$work/other.json" || return 1
    ask 400 POST /withdrawals "$work/nothing.json" || return 1
    ask 200 POST /withdrawals "$work/withdrawal.json" && mv "$work/answer" "$work/withdrawn.json" && ask 403 POST /open "$work/other.json" && ask 422 POST /faces "$work/face.json" || return 1
    local certificate
    for certificate in replaced withdrawn; do
        "$facevault" certificate check "$work/$certificate.json" --key "$(cat "$work/key")" --receipt "$work/receipt.json" || return 1
    done
}

answers() { # NAME COMMAND...: the service that the command starts, over a vault that the installed tool made
    local vault="$data/$1" log="$work/$1.log" base="" process outcome=1
    "$facevault" init "$vault" --root "$vault.a.key" --root "$vault.b.key" --no-mirror || return 1
    (cd "$work/service" && exec "${@:2}" --urls http://127.0.0.1:0 --FaceVault:Directory "$vault" --FaceVault:RootKey:0 "$vault.a.key" --FaceVault:RootKey:1 "$vault.b.key") >"$log" 2>&1 &
    process=$!
    for ((i = 0; i < 300; i++)); do
        [ -n "$base" ] || base=$(sed -n 's/.*Now listening on: //p' "$log")
        [ -z "$base" ] || [ "$(curl -s "$base/ready")" != Healthy ] || break
        kill -0 "$process" || break
        sleep 0.1
    done
    use_service && outcome=0
    kill "$process"
    wait "$process" || { echo "The service ended with $?."; outcome=1; }
    [ "$outcome" = 0 ] || cat "$log"
    return "$outcome"
}

service_trimmed() {
    trim "$work/service" "$work/trimmed-service" && DOTNET_ROOT=/nowhere answers service-trimmed "$work/trimmed-service/service"
}

demonstrates() {
    "$facevault" demo --subjects 50 >"$work/demo" 2>&1 || { cat "$work/demo"; return 1; }
    grep StoreRolledBack "$work/demo"
}

check "Every packable project is packed without a warning" pack || finish
check "The sources build in another folder without git" build_elsewhere
check "The lines of getting started install the library and the command line" install || finish
check "The code of the README builds in the fresh console app" readme_app
check "The code of the README runs" runs_readme plain dotnet "$home/door/bin/Release/net10.0/door.dll"
check "The code of the README runs trimmed and self-contained" readme_trimmed
check "A fresh web app with the library alone builds" web_app
check "The web app serves from a vault" serves
check "The service of the documentation builds in a fresh web app" service
check "The service grants, enrols, opens and withdraws, and the installed tool accepts its certificates" answers service dotnet bin/Release/net10.0/service.dll
check "The service does the same trimmed and self-contained" service_trimmed
check "The installed tool shows the whole demonstration" demonstrates
for project in "${projects[@]}"; do
    id=$(basename "$project" .csproj)
    check "$id: what was installed is what was packed" from_feed "$id"
    check "$id: depends on what is intended and nothing else" depends_as_intended "$id"
    check "$id: carries README, licence, documentation and symbols" carries "$id"
    check "$id: the same bytes from another folder" same_elsewhere "$id"
done
finish
