/* SPDX-License-Identifier: ISC */
/* app/www/www.h - the web appliance's start. */
#ifndef APP_WWW_H
#define APP_WWW_H

#include "mir/kv.h"
#include "mir/stack.h"

struct http_handler;

/* Serves the files of 'content' on 'stack' until it fails.  A negative enum mir_err. */
int www_start(struct mir_stack *stack, struct mir_kv *content);

/* What answers for paths under ".mir/"; NULL: nothing. */
struct http_handler *www_counters(void);

#endif
