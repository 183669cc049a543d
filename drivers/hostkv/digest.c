/* SPDX-License-Identifier: ISC */
/* SHA-256 and gzip of a file in one pass.
 *
 * The variant is what Python's gzip.compress(data, 9, mtime=0) makes: zlib's own gzip header,
 * level 9, memory level 8. */
#include <errno.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include "drivers/hostkv/digest.h"
#include "mir/err.h"
#include "mir/task.h"

#define CHUNK	32768			/* Bytes; some milliseconds of deflate. */
#define FIRST	16384			/* Bytes of a variant's first memory. */

struct packer {
	z_stream z;
	struct hostkv_variant *v;
	uint64_t room, most;		/* Bytes at v->bytes, and of the whole variant. */
	bool active;			/* Zlib has state to be freed. */
};

uint64_t hostkv_variant_bytes;

static void
variant_release(struct mir_mem *m)
{
	hostkv_variant_bytes -= m->size;
	free(m);
}

void
hostkv_variant_put(struct hostkv_variant *v)
{
	if (v && --v->mem.refs == 0)
		variant_release(&v->mem);
}

/* Ends in success without a variant: it would not be worth while, or too large. */
static void
give_up(struct packer *p)
{
	if (p->active)
		deflateEnd(&p->z);
	p->active = false;
	free(p->v);
	p->v = NULL;
}

static bool
grow(struct packer *p)
{
	uint64_t room = p->room ? 2 * p->room : FIRST;
	struct hostkv_variant *v;

	if (room > p->most)
		room = p->most;
	if (room == p->room)
		return false;
	v = realloc(p->v, sizeof *v + room);
	if (!v)
		return false;
	p->v = v;
	p->z.next_out = v->bytes + p->room;
	p->z.avail_out = (uInt)(room - p->room);
	p->room = room;
	return true;
}

static void
packer_start(struct packer *p, uint64_t most)
{
	*p = (struct packer){ .most = most };
	if (most == 0)
		return;
	p->active = deflateInit2(&p->z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
				 Z_DEFAULT_STRATEGY) == Z_OK;
	if (!p->active || !grow(p))
		give_up(p);
}

static void
packer_add(struct packer *p, uint8_t *data, size_t len, bool last)
{
	int r = Z_OK;

	if (!p->active)
		return;
	p->z.next_in = data;
	p->z.avail_in = (uInt)len;
	while (p->z.avail_in || (last && r != Z_STREAM_END)) {
		if (p->z.avail_out == 0 && !grow(p)) {
			give_up(p);
			return;
		}
		r = deflate(&p->z, last ? Z_FINISH : Z_NO_FLUSH);
	}
}

/* The finished variant, with one reference; NULL: none. */
static struct hostkv_variant *
packer_end(struct packer *p)
{
	struct hostkv_variant *v = p->v, *small;

	if (!p->active)
		return NULL;
	deflateEnd(&p->z);
	p->active = false;
	p->v = NULL;
	small = realloc(v, sizeof *v + p->z.total_out);
	if (small)
		v = small;
	v->len = (uint32_t)p->z.total_out;
	v->mem = (struct mir_mem){ .refs = 1, .size = v->len, .base = v->bytes,
				   .release = variant_release };
	hostkv_variant_bytes += v->len;
	return v;
}

static void
etag_of(SHA2_CTX *hash, char etag[HOSTKV_ETAG])
{
	static const char digit[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_LENGTH];
	char *at = etag;

	SHA256Final(sum, hash);
	*at++ = '"';
	for (unsigned i = 0; i < 10; i++) {
		*at++ = digit[sum[i] >> 4];
		*at++ = digit[sum[i] & 15];
	}
	*at++ = '"';
	*at = '\0';
}

static int
read_chunk(int fd, uint8_t *to, size_t len, uint64_t offset)
{
	ssize_t n;

	while (len) {
		n = pread(fd, to, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return MIR_EIO;
		to += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return MIR_OK;
}

static int
pass(int fd, uint64_t size, uint8_t *chunk, SHA2_CTX *hash, struct packer *p)
{
	uint64_t offset = 0;
	size_t len;
	int err;

	do {
		len = size - offset < CHUNK ? (size_t)(size - offset) : CHUNK;
		err = read_chunk(fd, chunk, len, offset);
		if (err)
			return err;
		offset += len;
		SHA256Update(hash, chunk, len);
		packer_add(p, chunk, len, offset == size);
		if (offset < size && mir_task_self())
			mir_yield();
	} while (offset < size);
	return MIR_OK;
}

int
hostkv_digest(int fd, uint64_t size, uint64_t most, struct hostkv_digest *out)
{
	uint64_t worth = size / 10 * 9 + size % 10 * 9 / 10;	/* Without overflow. */
	uint8_t *chunk = malloc(CHUNK);
	struct packer p;
	SHA2_CTX hash;
	int err;

	if (!chunk)
		return MIR_ENOMEM;
	worth = worth ? worth - 1 : 0;
	SHA256Init(&hash);
	packer_start(&p, worth < most ? worth : most);
	err = pass(fd, size, chunk, &hash, &p);
	if (err)
		give_up(&p);
	free(chunk);
	*out = (struct hostkv_digest){ .variant = packer_end(&p) };
	etag_of(&hash, out->etag);
	return err;
}
