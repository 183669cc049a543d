/* SPDX-License-Identifier: ISC */
/* Bodies over bad links: clients put pipelined requests, by length and in chunks, to a handler that
 * blocks as long as a disk does. */
#include <stdio.h>
#include <string.h>
#include "mir/err.h"
#include "net/http/http.h"
#include "sim/sim.h"

#define CLIENTS		40		/* More than CONFIG_HTTP_WORKERS. */
#define PUTS		6		/* Of each, on one connection. */
#define PIECE		1000		/* Bytes of a chunk. */

static unsigned inside, most_inside, done;

/* Document n of a client has this many bytes of the pattern n. */
static size_t
size_of(unsigned n)
{
	return n * 7919 % 50000;
}

static void
handle(struct mir_http_handler *h, const struct mir_http_request *r, struct mir_http_response *out)
{
	unsigned n = 0;
	size_t at = 0;

	(void)h;
	for (size_t i = 0; i < r->path.len; i++)
		n = n * 10 + (unsigned)(r->path.p[i] - '0');
	most_inside = ++inside > most_inside ? inside : most_inside;
	CHECK_EQ(mir_sleep(MIR_MS(5 + sim_random() % 50)), MIR_OK);
	inside--;
	for (const struct mir_buf *b = r->content; b; b = b->next)
		for (uint32_t i = 0; i < b->len; i++)
			if (b->data[i] != sim_pattern(n, at++))
				n = 0;
	CHECK_EQ(at, r->content_len);
	CHECK(n && at == size_of(n));
	done++;
	http_response_text(out, 201);
}

static void
serve(struct sim_host *h, void *arg)
{
	static struct mir_http_handler handler = {
		.methods = 1 << MIR_HTTP_PUT, .blocks = true, .handle = handle };
	struct http_server server = { .handler = &handler };

	(void)arg;
	CHECK_EQ(http_serve(&server, sim_stack(h), 80), MIR_ECANCELED);
}

static void
say(struct mir_flow *f, const void *bytes, size_t len)
{
	struct mir_buf *b = mir_buf_copy_in(bytes, len);

	if (!CHECK_EQ(mir_flow_write(f, b, MIR_NEVER), MIR_OK))
		mir_buf_free(b);
}

static void
put(struct mir_flow *f, unsigned n)
{
	bool chunked = n % 2;
	char text[120], bytes[PIECE];
	size_t size = size_of(n), len;

	if (chunked)
		snprintf(text, sizeof text, "PUT /%u HTTP/1.1\r\nHost: x\r\n"
			 "Transfer-Encoding: chunked\r\n\r\n", n);
	else
		snprintf(text, sizeof text, "PUT /%u HTTP/1.1\r\nHost: x\r\n"
			 "Content-Length: %zu\r\n\r\n", n, size);
	say(f, text, strlen(text));
	for (size_t at = 0; at < size; at += len) {
		len = size - at < PIECE ? size - at : PIECE;
		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)sim_pattern(n, at + i);
		if (chunked)
			say(f, text, (size_t)snprintf(text, sizeof text, "%zx\r\n", len));
		say(f, bytes, len);
		if (chunked)
			say(f, "\r\n", 2);
	}
	if (chunked)
		say(f, "0\r\n\r\n", 5);
}

static unsigned
count_answers(struct mir_flow *f)
{
	static const char want[] = "HTTP/1.1 201 ";
	unsigned count = 0, match = 0;
	struct mir_buf *b;

	while (mir_flow_read(f, &b, MIR_NEVER) > 0) {
		for (const struct mir_buf *p = b; p; p = p->next)
			for (uint32_t i = 0; i < p->len; i++) {
				match = p->data[i] == want[match] ? match + 1 : 0;
				if (!want[match]) {
					count++;
					match = 0;
				}
			}
		mir_buf_free(b);
	}
	return count;
}

static void
client(struct sim_host *h, void *server)
{
	struct mir_addr to = sim_addr(server);
	struct mir_flow *f;
	int err = mir_sleep(sim_random() % MIR_SEC(2));

	for (unsigned i = 0; i < 5 && (i == 0 || err); i++)
		err = mir_stack_connect(sim_stack(h), &to, 80, &f, MIR_NEVER);
	if (!CHECK_EQ(err, MIR_OK))
		return;
	for (unsigned i = 0; i < PUTS; i++)
		put(f, 1 + (unsigned)(sim_random() % 1000));
	CHECK_EQ(mir_flow_shutdown(f), MIR_OK);
	CHECK_EQ(count_answers(f), PUTS);
	mir_flow_close(f);
}

SIM(puts_over_bad_links)
{
	struct sim_switch *s = sim_switch("middle");
	struct sim_host *server = sim_host("10.0.0.1/24"), *h;
	char address[20];

	inside = most_inside = done = 0;
	sim_plug(server, s, SIM_FAULTS(.rate = 125000000, .queue = 1 << 20));
	sim_serve(server, "put", serve, NULL);
	for (unsigned i = 0; i < CLIENTS; i++) {
		snprintf(address, sizeof address, "10.0.0.%u/24", i + 2);
		h = sim_host(address);
		sim_plug(h, s, SIM_FAULTS(.rate = 12500000, .queue = 128 << 10,
					  .delay = MIR_MS(1 + i % 20), .loss = 2));
		sim_spawn(h, "client", client, server);
	}
	sim_run(MIR_SEC(600));
	sim_note("%u bodies, up to %u at a time in the handler", done, most_inside);
	CHECK_EQ(done, CLIENTS * PUTS);
	CHECK(most_inside > 1 && most_inside <= CONFIG_HTTP_WORKERS);
}
