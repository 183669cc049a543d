/* SPDX-License-Identifier: ISC */
/* A zlib stream of "blob 5", a zero byte, and the bytes (gitformat-loose (5)). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "drivers/hostgit/loose.h"
#include "lib/sha1.h"
#include "mir/err.h"
#include "unix/unix.h"

#define HEAD	32u			/* "commit 12345678901234567890", and its 0. */

/* Kind and size from the head, which may have bytes of the object behind it; how long it is, or
 * MIR_EPROTO. */
static int
parse_head(const char *head, size_t len, struct mir_object *out)
{
	static const char *const kinds[] = { "commit ", "tree ", "blob ", "tag " };
	const char *end = memchr(head, '\0', len), *at = NULL;

	for (int i = 0; end && i < 4; i++)
		if (strncmp(head, kinds[i], strlen(kinds[i])) == 0) {
			out->kind = (enum mir_object_kind)(i + 1);
			at = head + strlen(kinds[i]);
		}
	if (!at || at == end || (*at == '0' && at + 1 != end))
		return MIR_EPROTO;
	for (out->size = 0; at < end; at++) {
		if (*at < '0' || *at > '9' || out->size > (SIZE_MAX - 9) / 10)
			return MIR_EPROTO;
		out->size = out->size * 10 + (size_t)(*at - '0');
	}
	return (int)(end - head) + 1;
}

/* The rest, behind what came with the head; the stream ends with it. */
static int
inflate_body(z_stream *z, const char *head, size_t head_len, size_t len, struct mir_object *out)
{
	size_t early = len - head_len;
	char over;

	if (early > out->size)
		return MIR_EPROTO;
	out->data = malloc(out->size ? out->size : 1);
	if (!out->data)
		return MIR_ENOMEM;
	memcpy(out->data, head + head_len, early);
	z->next_out = (Bytef *)out->data + early;
	z->avail_out = (uInt)(out->size - early);
	if (inflate(z, Z_FINISH) == Z_STREAM_END)
		return z->avail_out || z->avail_in ? MIR_EPROTO : MIR_OK;
	/* Full, but the stream's end is not read yet: nothing more may come. */
	if (z->avail_out)
		return MIR_EPROTO;
	z->next_out = (Bytef *)&over;
	z->avail_out = 1;
	return inflate(z, Z_FINISH) == Z_STREAM_END && z->avail_out && !z->avail_in ? MIR_OK : MIR_EPROTO;
}

static bool
hashes_to(const char *head, size_t head_len, const struct mir_object *o, const struct mir_oid *id)
{
	struct mir_oid got;
	struct sha1 s;

	sha1_init(&s);
	sha1_add(&s, head, head_len);
	sha1_add(&s, o->data, o->size);
	sha1_end(&s, got.bytes);
	return memcmp(&got, id, sizeof got) == 0;
}

static int
parse(z_stream *z, const struct mir_oid *id, size_t limit, bool only_head, struct mir_object *out)
{
	char head[HEAD];
	size_t len;
	int n, err;

	z->next_out = (Bytef *)head;
	z->avail_out = sizeof head;
	n = inflate(z, Z_SYNC_FLUSH);
	if (n != Z_OK && n != Z_STREAM_END && n != Z_BUF_ERROR)
		return MIR_EPROTO;
	len = sizeof head - z->avail_out;
	n = parse_head(head, len, out);
	if (n < 0)
		return n;
	if (out->size > limit)
		return MIR_EMSGSIZE;
	if (only_head)
		return MIR_OK;
	err = inflate_body(z, head, (size_t)n, len, out);
	return !err && !hashes_to(head, (size_t)n, out, id) ? MIR_EPROTO : err;
}

int
hostgit_loose_parse(const void *file, size_t len, const struct mir_oid *id, size_t limit,
		    bool head, struct mir_object *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)file, .avail_in = (uInt)len };
	struct mir_object o = { .data = NULL };
	int err;

	if (len > UINT32_MAX || limit > UINT32_MAX)
		return MIR_EMSGSIZE;
	if (inflateInit(&z) != Z_OK)
		return MIR_ENOMEM;
	err = parse(&z, id, limit, head, &o);
	inflateEnd(&z);
	if (err) {
		free(o.data);
		return err;
	}
	out->kind = o.kind;
	out->size = o.size;
	if (!head)
		out->data = o.data;
	return MIR_OK;
}

/* All of a file; of a file that is cut meanwhile, what there is. */
static int
slurp(int fd, size_t limit, void **out, size_t *len)
{
	struct stat s;
	ssize_t n = 1;

	if (fstat(fd, &s))
		return MIR_EIO;
	if (!S_ISREG(s.st_mode))
		return MIR_EPROTO;
	if ((uint64_t)s.st_size > limit)
		return MIR_EMSGSIZE;
	*out = malloc((size_t)s.st_size + 1);
	if (!*out)
		return MIR_ENOMEM;
	for (*len = 0; n && *len < (size_t)s.st_size; ) {
		n = read(fd, (char *)*out + *len, (size_t)s.st_size - *len);
		if (n < 0 && errno != EINTR)
			break;
		*len += n > 0 ? (size_t)n : 0;
	}
	if (n >= 0 || *len == (size_t)s.st_size)
		return MIR_OK;
	free(*out);
	return MIR_EIO;
}

int
hostgit_loose_read(const char *path, const struct mir_oid *id, size_t limit, bool head,
		   struct mir_object *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err;
	void *bytes = NULL;
	size_t len;

	if (fd < 0)
		return errno == ELOOP ? MIR_EPROTO : errno == ENOTDIR ? MIR_ENOENT : unix_error(errno);
	/* What doesn't get smaller by compression gets a little larger. */
	err = slurp(fd, limit + limit / 100 + 1024, &bytes, &len);
	close(fd);
	if (err)
		return err;
	err = hostgit_loose_parse(bytes, len, id, limit, head, out);
	free(bytes);
	return err;
}
