int sandglass_fenv_word; // see fenv_word.h
