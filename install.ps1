<#
.SYNOPSIS
Installs the Guild Wars 2 plugin into your personal Wireshark plugin folder, or removes it.

.DESCRIPTION
Finds Wireshark and its version, takes the gw2.dll built for that version and copies it to
%APPDATA%\Wireshark\plugins\X.Y\epan. Needs no administrator rights. Close Wireshark first.

.PARAMETER WiresharkFolder
The folder that holds Wireshark.exe or tshark.exe, when Wireshark is not found by itself.

.PARAMETER From
The folder with the plugin: a release archive's (X.Y\gw2.dll for each version) or a build's (gw2.dll).
The folder of this script when left out.

.PARAMETER Uninstall
Removes the plugin instead.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1

.EXAMPLE
powershell -ExecutionPolicy Bypass -File install.ps1 -WiresharkFolder D:\Tools\Wireshark -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string] $WiresharkFolder,
    [string] $From = $PSScriptRoot,
    [switch] $Uninstall
)

$ErrorActionPreference = 'Stop'

function Find-Wireshark {
    if ($WiresharkFolder) {
        return $WiresharkFolder
    }
    $keys = @(
        'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe',
        'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe'
    )
    foreach ($key in $keys) {
        if (Test-Path $key) {
            $program = (Get-ItemProperty -Path $key).'(default)'
            if ($program) {
                return Split-Path -Parent $program.Trim('"')
            }
        }
    }
    foreach ($name in @('Wireshark.exe', 'tshark.exe')) {
        $command = Get-Command -Name $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
        if ($command) {
            return Split-Path -Parent $command.Path
        }
    }
    throw 'Wireshark was not found. Name its folder: install.ps1 -WiresharkFolder "C:\Program Files\Wireshark"'
}

function Get-WiresharkVersion([string] $Folder) {
    foreach ($name in @('Wireshark.exe', 'tshark.exe')) {
        $program = Join-Path $Folder $name
        if (Test-Path -LiteralPath $program) {
            $version = (Get-Item -LiteralPath $program).VersionInfo
            return '{0}.{1}' -f $version.FileMajorPart, $version.FileMinorPart
        }
    }
    throw "There is no Wireshark.exe or tshark.exe in $Folder. Name the folder that holds one with -WiresharkFolder."
}

function Find-Plugin([string] $Version) {
    $candidates = @(
        (Join-Path $From "$Version\gw2.dll"),
        (Join-Path $From 'gw2.dll'),
        (Join-Path $From 'target\release\gw2.dll')
    )
    foreach ($candidate in $candidates) {
        if (Test-Path -LiteralPath $candidate) {
            return $candidate
        }
    }
    $built = @(Get-ChildItem -LiteralPath $From -Directory | Where-Object { Test-Path (Join-Path $_.FullName 'gw2.dll') })
    if ($built.Count -gt 0) {
        $versions = ($built | ForEach-Object { $_.Name }) -join ', '
        throw "Your Wireshark is $Version, and this release has the plugin for $versions. Get a release for $Version, or install one of these versions of Wireshark."
    }
    throw "There is no gw2.dll in $From. Unpack the release archive whole and run the script in it, or name the folder with -From."
}

$wireshark = Find-Wireshark
$version = Get-WiresharkVersion $wireshark
$folder = Join-Path $env:APPDATA "Wireshark\plugins\$version\epan"
$installed = Join-Path $folder 'gw2.dll'
Write-Output "Wireshark $version in $wireshark"

try {
    if ($Uninstall) {
        if (-not (Test-Path -LiteralPath $installed)) {
            Write-Output "Nothing to remove: there is no $installed"
        } elseif ($PSCmdlet.ShouldProcess($installed, 'Remove the plugin')) {
            Remove-Item -LiteralPath $installed
            Write-Output "Removed $installed"
        }
    } else {
        $plugin = Find-Plugin $version
        if ($PSCmdlet.ShouldProcess($installed, "Copy $plugin")) {
            New-Item -ItemType Directory -Path $folder -Force | Out-Null
            Copy-Item -LiteralPath $plugin -Destination $installed -Force
            Unblock-File -LiteralPath $installed
            Write-Output "Installed $plugin as $installed"
            Write-Output 'Start Wireshark: Help, About Wireshark, Plugins lists gw2.dll.'
        }
    }
} catch [System.IO.IOException], [System.UnauthorizedAccessException] {
    throw "$installed cannot be changed: $($_.Exception.Message) Close Wireshark and try again."
}
