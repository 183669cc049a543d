/* SPDX-License-Identifier: ISC */
/* xen/console.h - the consoles that a Xen guest has from its first moment on, where they are
 * linked in (drivers/console). */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

void xencons_open(void) __attribute__((weak));	/* The ring to dom0's xenconsoled. */
void e9_open(void) __attribute__((weak));	/* PVH: port 0xE9, Xen's log. */

#endif
