<#
.SYNOPSIS
Installs the Guild Wars 2 plugin into Wireshark, or removes it.

.DESCRIPTION
Finds Wireshark and its version, and copies the gw2.dll built for that version into your plugin folder:
%APPDATA%\Wireshark\plugins\X.Y\epan. That needs no administrator. Close Wireshark first.

This script only hands its parameters to gw2-install.exe beside it, which decides and does everything.

.PARAMETER WiresharkFolder
The folder that holds Wireshark.exe or tshark.exe, when Wireshark is not found by itself (registry, then PATH).

.PARAMETER From
The folder with the plugin: a release archive's (X.Y\gw2.dll for each version) or a build's (gw2.dll).
The folder of gw2-install.exe when left out.

.PARAMETER Global
For everybody who uses this computer: into Wireshark's own folder. Takes an administrator.

.PARAMETER WithProfile
Also spelled -Profile. Installs the profile as well: columns, colours, filter buttons.

.PARAMETER Uninstall
Removes the plugin instead.

.PARAMETER Doctor
Looks whether the plugin is where Wireshark looks for it, and changes nothing.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -WiresharkFolder D:\Tools\Wireshark -WhatIf -Verbose
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string] $WiresharkFolder,
    [string] $From,
    [switch] $Global,
    # $Profile is a variable of PowerShell's own.
    [Alias('Profile')] [switch] $WithProfile,
    [switch] $Uninstall,
    [switch] $Doctor
)

$program = Join-Path $PSScriptRoot 'gw2-install.exe'
if (-not (Test-Path -LiteralPath $program)) {
    Write-Error "There is no $program. Unpack the release archive whole and run the script in it." -ErrorAction Continue
    exit 1
}

# The = keeps a value that begins with a dash from being taken for an option.
$options = @()
if ($WiresharkFolder) { $options += "--wireshark=$WiresharkFolder" }
if ($From) { $options += "--from=$From" }
if ($Global) { $options += '--global' }
if ($WithProfile) { $options += '--profile' }
if ($Uninstall) { $options += '--uninstall' }
if ($Doctor) { $options += '--doctor' }
if ($WhatIfPreference) { $options += '--what-if' }
if ($VerbosePreference -ne 'SilentlyContinue') { $options += '--verbose' }

# What came from the internet is marked so, also the files of an archive; Windows asks before it loads them.
if (-not ($WhatIfPreference -or $Doctor)) {
    Get-ChildItem -LiteralPath $PSScriptRoot -Recurse -File | Unblock-File
}

& $program @options
exit $LASTEXITCODE
