/* SPDX-License-Identifier: ISC */
/* app/hello/hello.h - the hello application's start. */
#ifndef APP_HELLO_H
#define APP_HELLO_H

/* Runs until a console says "poweroff".  0, or a negative enum mir_err. */
int hello_start(void);

#endif
