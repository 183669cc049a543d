/* SPDX-License-Identifier: ISC */
/* pc/console.h - the console that a PC has from its first moment on, where it is linked in
 * (drivers/console/serial.c). */
#ifndef PC_CONSOLE_H
#define PC_CONSOLE_H

void pc_console_open(void) __attribute__((weak));

#endif
