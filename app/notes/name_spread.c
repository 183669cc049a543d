/* SPDX-License-Identifier: ISC */
/* CONFIG_NOTES_SPREAD: "a/b" is kept as "x/y/a%2Fb", where x and y are the first two digits of the
 * name's SHA-1.  So no folder grows beyond a 256th of all documents. */
#include <string.h>
#include "app/notes/name.h"
#include "lib/sha1.h"
#include "mir/format.h"
#include "net/http/request.h"

#define PART_MAX	255u		/* Of a path, in the store. */

/* A dot in front is written so, too: ".git" and the like are git's own. */
static bool
is_plain(const char *name, const char *p)
{
	return *p != '/' && *p != '%' && *p != '~' && (*p != '.' || p != name);
}

bool
name_to_path(const char *name, char path[NOTES_PATH])
{
	uint8_t digest[SHA1_SIZE];
	struct sha1 s;
	size_t n = 4;

	sha1_init(&s);
	sha1_add(&s, name, strlen(name));
	sha1_end(&s, digest);
	mir_snprintf(path, NOTES_PATH, "%x/%x/", digest[0] >> 4, digest[0] & 15);
	for (const char *p = name; *p; p++) {
		if (n + 4 > 4 + PART_MAX)
			return false;
		if (is_plain(name, p))
			path[n++] = *p;
		else
			n += (size_t)mir_snprintf(path + n, 4, "%%%02X", (unsigned char)*p);
	}
	path[n] = '\0';
	return true;
}

bool
name_from_path(const char *path, char name[NOTES_NAME])
{
	char again[NOTES_PATH], plain[NOTES_NAME];
	struct mir_http_text t = { plain, 0 };
	int c;

	if (strlen(path) < 5)
		return false;
	for (const char *p = path + 4; *p && t.len < NOTES_NAME - 1; p++) {
		c = (unsigned char)*p;
		if (c == '%') {
			if (!p[1] || !p[2] || http_hex(p[1]) < 0 || http_hex(p[2]) < 0)
				return false;
			c = http_hex(p[1]) << 4 | http_hex(p[2]);
			p += 2;
		}
		plain[t.len++] = (char)c;
	}
	return !name_from_text(&t, name) && name_to_path(name, again) && strcmp(again, path) == 0;
}

void
name_folder(const char *start, char path[NOTES_PATH])
{
	(void)start;
	*path = '\0';
}
