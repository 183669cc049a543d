/* SPDX-License-Identifier: ISC */
/* app/notes/name.h - documents' names, and the paths where the store has them.  Pure.
 *
 * A name is UTF-8 of 1 to NOTES_NAME - 1 bytes without control characters; '/' parts it, and no
 * part is empty. */
#ifndef APP_NOTES_NAME_H
#define APP_NOTES_NAME_H

#include "mir/http.h"

#define NOTES_NAME	252u		/* Bytes of a name, with its 0. */
#define NOTES_PATH	264u		/* And of a path: its last part has 255 at most. */

/* The name in a request's path; NULL: fine, or what is wrong with it, in words. */
const char *name_from_text(const struct mir_http_text *t, char name[NOTES_NAME]);

/* Where the store has it.  false: too long for that. */
bool name_to_path(const char *name, char path[NOTES_PATH]);
/* The other way; false: the path isn't one of a document, or its name is none (others may write the
 * store, too). */
bool name_from_path(const char *path, char name[NOTES_NAME]);
/* The folder below which all documents are whose names begin with 'start'. */
void name_folder(const char *start, char path[NOTES_PATH]);

#endif
