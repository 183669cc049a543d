/* SPDX-License-Identifier: ISC */
/* The kv of a host's folder: each stat looks at the file, what is known of it is remembered. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "drivers/hostkv/cache.h"
#include "drivers/hostkv/hostkv.h"
#include "drivers/hostkv/keys.h"
#include "drivers/hostkv/look.h"
#include "lib/sitekey.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/page.h"
#include "mir/param.h"
#include "mir/stats.h"

#define READ_PAGES	64		/* Of one system call. */

static struct {
	struct mir_kv kv;		/* First. */
	const char *folder;
} host = { .folder = CONFIG_HOSTKV_FOLDER };

MIR_PARAM(content, mir_param_text, &host.folder, "FOLDER", "folder of the host that is served");

static uint64_t changed_files, gone;
MIR_COUNTER(hostkv_changed, &changed_files, "reads that failed since the file was changed");
MIR_COUNTER(hostkv_gone, &gone, "reads that failed since the file was no more remembered");

static int
host_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	const struct sitekey_type *type = sitekey_type(key, len);
	struct hostkv_entry *e;
	int err = hostkv_look_up(host.folder, key, len, type->compressed, &e);

	(void)kv;
	if (err)
		return err;
	*out = (struct mir_kv_info){
		.size = e->id.size, .type = type->type, .etag = e->digest.etag,
		.mtime = e->id.modified > 0 ? (uint64_t)e->id.modified / 1000000000 : 0,
		.cookie = hostkv_cache_cookie(e),
		.encoded_size = { e->id.size, e->digest.variant ? e->digest.variant->len : 0 } };
	return MIR_OK;
}

/* Fills the chain from the file. */
static int
read_chain(int fd, struct mir_buf *b, uint64_t offset)
{
	struct iovec v[READ_PAGES];
	size_t want;
	ssize_t n;
	int count;

	while (b) {
		want = 0;
		for (count = 0; b && count < READ_PAGES; b = b->next, count++) {
			v[count] = (struct iovec){ b->data, b->len };
			want += b->len;
		}
		do {
			n = preadv(fd, v, count, (off_t)offset);
		} while (n < 0 && errno == EINTR);
		if (n < 0 || (size_t)n != want)
			return MIR_EIO;
		offset += want;
	}
	return MIR_OK;
}

static struct mir_buf *
chain_of(size_t len)
{
	struct mir_buf *chain = NULL, *b;

	do {
		b = mir_buf_alloc(0, len < MIR_PAGE_SIZE ? len : MIR_PAGE_SIZE);
		if (!b) {
			mir_buf_free(chain);
			return NULL;
		}
		len -= b->len;
		mir_buf_append(&chain, b);
	} while (len);
	return chain;
}

static int
read_file(struct hostkv_entry *e, uint64_t offset, size_t len, struct mir_buf **out)
{
	struct mir_buf *b = chain_of(len);
	struct hostkv_id now;

	if (!b)
		return MIR_ENOMEM;
	if (read_chain(e->fd, b, offset) || hostkv_file_id(e->fd, &now) ||
	    now.size != e->id.size || now.modified != e->id.modified) {
		mir_buf_free(b);
		changed_files++;
		return MIR_EIO;
	}
	*out = b;
	return MIR_OK;
}

static int
host_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding enc,
	  uint64_t offset, size_t len, struct mir_buf **out)
{
	struct hostkv_entry *e = hostkv_cache_get(info->cookie);
	struct hostkv_variant *v;

	(void)kv;
	if (offset > info->encoded_size[enc] || len > info->encoded_size[enc] - offset)
		return MIR_EINVAL;
	if (!e) {
		gone++;
		return MIR_EGONE;
	}
	if (enc == MIR_KV_IDENTITY)
		return read_file(e, offset, len, out);
	v = e->digest.variant;
	*out = mir_buf_view(&v->mem, v->bytes + offset, len);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static const char *
host_key(struct mir_kv *kv, unsigned n)
{
	(void)kv;
	return hostkv_key(host.folder, n);
}

static const struct mir_kv_ops host_ops = {
	.name = "host folder", .stat = host_stat, .read = host_read, .key = host_key,
};

void
hostkv_forget(void)
{
	while (hostkv_cache_drop_oldest())
		;
	hostkv_keys_forget();
}

int
hostkv_open_folder(const char *folder, struct mir_kv **out)
{
	struct stat s;

	host.folder = folder;
	if (stat(folder, &s) || !S_ISDIR(s.st_mode)) {
		mir_error("hostkv", "command line: key 'content': there is no folder '%s'", folder);
		return MIR_ENOENT;
	}
	host.kv.ops = &host_ops;
	*out = &host.kv;
	return MIR_OK;
}

int
hostkv_open(struct mir_kv **out)
{
	return hostkv_open_folder(host.folder, out);
}
