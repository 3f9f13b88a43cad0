/*
 * Rust's standard library takes its random numbers from here; Windows has it since version 8, wine since 9.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T len)
{
    return RtlGenRandom(bytes, (ULONG)len);
}
