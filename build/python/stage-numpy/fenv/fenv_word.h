/* WebAssembly has no flags of floating-point exceptions, and wasi-libc's <fenv.h> defines none. numpy also sets them by
   hand (integer division by zero, say) and then warns: a plain word is enough for that. Put before every file. */
#ifndef SANDGLASS_FENV_WORD_H
#define SANDGLASS_FENV_WORD_H
#include <fenv.h>
#ifndef FE_DIVBYZERO
#define FE_INVALID 1
#define FE_DIVBYZERO 4
#define FE_OVERFLOW 8
#define FE_UNDERFLOW 16
#define FE_INEXACT 32
#undef FE_ALL_EXCEPT
#define FE_ALL_EXCEPT 61
#ifdef __cplusplus
extern "C"
#else
extern
#endif
    int sandglass_fenv_word;
#define feraiseexcept(x) (sandglass_fenv_word |= (x), 0)
#define feclearexcept(x) (sandglass_fenv_word &= ~(x), 0)
#define fetestexcept(x) (sandglass_fenv_word & (x))
#endif
#endif
