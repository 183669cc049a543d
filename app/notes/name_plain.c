/* SPDX-License-Identifier: ISC */
/* Without CONFIG_NOTES_SPREAD: the store has a document where its name says. */
#include <string.h>
#include "app/notes/name.h"

bool
name_to_path(const char *name, char path[NOTES_PATH])
{
	memcpy(path, name, strlen(name) + 1);
	return true;
}

bool
name_from_path(const char *path, char name[NOTES_NAME])
{
	struct mir_http_text t = { path, strlen(path) };

	return !name_from_text(&t, name);
}

void
name_folder(const char *start, char path[NOTES_PATH])
{
	const char *slash = strrchr(start, '/');
	size_t len = slash ? (size_t)(slash - start) : 0;

	memcpy(path, start, len);
	path[len] = '\0';
}
