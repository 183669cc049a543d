/* SPDX-License-Identifier: ISC */
/* app/www/www.h - the web appliance's start. */
#ifndef APP_WWW_H
#define APP_WWW_H

#include "mir/http.h"
#include "mir/kv.h"
#include "mir/stack.h"

/* Serves the files of 'content' by 'server', which is on 'net', until that fails.  A negative enum
 * mir_err. */
int www_start(struct mir_stack *net, struct mir_http *server, struct mir_kv *content);

/* What answers for paths under ".mir/"; NULL: nothing. */
struct mir_http_handler *www_counters(void);

#endif
