/* SPDX-License-Identifier: ISC */
/* A site in memory, served by app/www as it is in an image, and its client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app/www/www.h"
#include "mir/err.h"
#include "net/http/http.h"
#include "test/sim/support/pages.h"

static const unsigned sizes[PAGES] = { 1000, 10000, 50000, 200000 };
static struct mir_mem memory[PAGES];	/* Not counted, never released. */

static int
page_stat(struct mir_kv *kv, const char *key, size_t len, struct mir_kv_info *out)
{
	unsigned n = len == 5 && memcmp(key, "page", 4) == 0 ? (unsigned)key[4] - '0' : PAGES;

	(void)kv;
	if (n >= PAGES)
		return MIR_ENOENT;
	*out = (struct mir_kv_info){ .size = sizes[n], .mtime = 1700000000, .cookie = n,
				     .type = "application/octet-stream", .etag = "\"1\"",
				     .encoded_size[MIR_KV_IDENTITY] = sizes[n] };
	return MIR_OK;
}

static int
page_read(struct mir_kv *kv, const struct mir_kv_info *info, enum mir_kv_encoding e,
	  uint64_t offset, size_t len, struct mir_buf **out)
{
	struct mir_mem *m = &memory[info->cookie];

	(void)kv;
	(void)e;
	*out = mir_buf_view(m, m->base + offset, len);
	return *out ? MIR_OK : MIR_ENOMEM;
}

static const char *
page_key(struct mir_kv *kv, unsigned n)
{
	static const char *const keys[PAGES] = { "page0", "page1", "page2", "page3" };

	(void)kv;
	return n < PAGES ? keys[n] : NULL;
}

struct mir_kv *
pages_kv(void)
{
	static const struct mir_kv_ops ops = { .name = "pages", .stat = page_stat,
		.read = page_read, .key = page_key };
	static struct mir_kv kv = { &ops };

	for (unsigned n = 0; n < PAGES && !memory[n].base; n++) {
		memory[n].size = sizes[n];
		memory[n].base = malloc(sizes[n]);
		for (unsigned i = 0; i < sizes[n]; i++)
			memory[n].base[i] = sim_pattern(n, i);
	}
	return &kv;
}

void
pages_serve(struct sim_host *h, void *arg)
{
	struct mir_http *server;

	(void)arg;
	sim_keeps(1);			/* The server: what an application opens it never closes. */
	if (CHECK_EQ(http_open(sim_stack(h), &server), MIR_OK))
		CHECK_EQ(www_start(sim_stack(h), server, pages_kv()), MIR_ECANCELED);
}

struct answer {				/* Read so far. */
	unsigned page;
	char head[1000];
	size_t head_len, body;		/* Bytes. */
	bool in_body, wrong;
};

static void
take_byte(struct answer *a, uint8_t byte)
{
	if (a->in_body) {
		a->wrong |= byte != sim_pattern(a->page, a->body++);
	} else if (a->head_len == sizeof a->head - 1) {
		a->wrong = true;
	} else {
		a->head[a->head_len++] = (char)byte;
		a->in_body = a->head_len >= 4 && !memcmp(a->head + a->head_len - 4, "\r\n\r\n", 4);
	}
}

static int
read_answer(struct mir_flow *f, struct answer *a)
{
	struct mir_buf *b;
	int n;

	while ((n = mir_flow_read(f, &b, MIR_NEVER)) > 0) {
		for (const struct mir_buf *p = b; p; p = p->next)
			for (uint32_t i = 0; i < p->len; i++)
				take_byte(a, p->data[i]);
		mir_buf_free(b);
	}
	return n;
}

static int
ask(struct mir_flow *f, struct sim_host *server, unsigned n)
{
	char text[100];
	int len = snprintf(text, sizeof text,
			   "GET /page%u HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", n,
			   sim_name(server));
	struct mir_buf *b = mir_buf_copy_in(text, (size_t)len);
	int err = mir_flow_write(f, b, MIR_NEVER);

	if (err)
		mir_buf_free(b);
	return err;
}

int
pages_fetch(struct sim_host *from, struct sim_host *server, unsigned n)
{
	struct answer a = { .page = n };
	struct mir_addr to = sim_addr(server);
	struct mir_flow *f;
	int err = mir_stack_connect(sim_stack(from), &to, 80, &f, MIR_NEVER);

	if (err)
		return err;
	err = ask(f, server, n);
	if (!err)
		err = read_answer(f, &a);
	mir_flow_close(f);
	if (err)
		return err;
	return CHECK_MSG(strncmp(a.head, "HTTP/1.1 200 ", 13) == 0, "%.40s", a.head)
	    && CHECK_EQ(a.body, sizes[n]) && CHECK(!a.wrong) ? MIR_OK : MIR_EPROTO;
}
