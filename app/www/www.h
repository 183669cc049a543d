/* SPDX-License-Identifier: ISC */
/* app/www/www.h - the web appliance's start. */
#ifndef APP_WWW_H
#define APP_WWW_H

#include "mir/kv.h"
#include "mir/stack.h"

/* Serves the files of 'content' on 'stack' until it fails.  A negative enum mir_err. */
int www_start(struct mir_stack *stack, struct mir_kv *content);

#endif
