/* SPDX-License-Identifier: ISC */
/* app/hello/hello.h - the hello application's start. */
#ifndef APP_HELLO_H
#define APP_HELLO_H

#include "mir/console.h"

/* Runs until the console says "poweroff".  0, or a negative enum mir_err. */
int hello_start(struct mir_console *console);

#endif
