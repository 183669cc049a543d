/* SPDX-License-Identifier: ISC */
/* sources: net/http/response.c net/http/date.c net/http/field.c net/tcp/stats.c */
/* sources: net/http/chars.c net/http/text.c */
/* The page of counters: every one, with its value, over as many pages as it takes. */
#include <stdio.h>
#include "mir/netif.h"
#include "mir/stats.h"
#include "net/http/http.h"
#include "net/tcp/stats.h"
#include "test/unit/harness.h"

static char text[64 * 1024];

static struct mir_http_response
ask(const char *path)
{
	const struct mir_http_request r = { .path = { path, strlen(path) } };
	struct mir_http_response out = { .status = 0 };

	http_counters.handle(&http_counters, &r, &out);
	memset(text, 0, sizeof text);
	mir_buf_copy_out(out.body, 0, text, sizeof text - 1);
	CHECK_EQ(mir_buf_len(out.body), out.length);
	return out;
}

static void
count(void *ctx, const char *name, uint64_t value)
{
	char line[150];

	++*(unsigned *)ctx;
	if (strncmp(name, "buf_", 4) == 0 || strncmp(name, "page", 4) == 0 ||
	    strstr(name, "\"buf "))
		return;			/* The page itself changes them. */
	snprintf(line, sizeof line, "%s%s %llu\n", *(unsigned *)ctx > 1 ? "\n" : "", name,
		 (unsigned long long)value);
	CHECK_MSG(strstr(text, line) != NULL, "no line %s", line);
}

TEST(each_counter_has_its_line)
{
	static struct mir_netif nif = {
		.device = { .index = 2 }, .stats = { .rx_frames = 7, .notifies = 1 } };
	struct mir_http_response r;
	unsigned counters = 0, lines = 0;

	mir_netif_register(&nif);
	tcp_stats.rx_segments = UINT64_MAX;
	r = ask(".mir/counters");
	CHECK_EQ(r.status, 200);
	CHECK(strstr(r.extra, "no-store") != NULL);
	mir_counters_each(count, &counters);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	CHECK_EQ(lines, counters + 8);	/* And those of the device. */
	CHECK(strstr(text, "tcp_rx_segments 18446744073709551615\n") != NULL);
	CHECK(strstr(text, "\nnetif_rx_frames{index=\"2\"} 7\n") != NULL);
	mir_buf_free(r.body);
}

TEST(other_paths_are_not_found)
{
	static const char *const others[] = { ".mir/", ".mir/counters/", ".mir/counter", "x" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct mir_http_response r = ask(others[i]);

		CHECK_EQ(r.status, 404);
		mir_buf_free(r.body);
	}
}

TEST(without_memory_it_is_503)
{
	size_t left = test_pages_left;
	struct mir_http_response r;

	test_pages_left = 0;
	r = ask(".mir/counters");
	test_pages_left = left;
	CHECK_EQ(r.status, 503);
	mir_buf_free(r.body);
}
