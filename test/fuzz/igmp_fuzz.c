/* SPDX-License-Identifier: ISC */
/* sources: net/igmp/packet.c net/igmp/igmp.c net/ipv4/packet.c */
/* A host's memberships, and messages as the input has them, with the right checksum. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/igmp/igmp.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define MESSAGE 20			/* Bytes, at most. */

static unsigned sent;

static void
output(void *ctx, uint32_t group, struct mir_buf *b)
{
	(void)ctx;
	CHECK(group >> 28 == 0xe);
	sent++;
	mir_buf_free(b);
}

static uint32_t
some(void *ctx)
{
	return (uint32_t)(*(uint64_t *)ctx += 12345);
}

static void
hear(struct igmp *g, mir_ns now, struct fuzz_bytes *in)
{
	size_t len = fuzz_8(in) % MESSAGE;
	uint8_t *p = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = fuzz_8(in);
	if (len >= IGMP_HDR) {
		put16(p + IGMP_CSUM, 0);
		put16(p + IGMP_CSUM, checksum(p, len));
	}
	igmp_input(g, now, IGMP_ALL_HOSTS, p, len);
	free(p);
}

void
fuzz_one(const uint8_t *input, size_t size)
{
	struct fuzz_bytes in = { input, size };
	uint64_t seed = 0;
	const struct igmp_env env = { .ctx = &seed, .output = output, .random = some };
	struct igmp g;
	mir_ns now = 0, next;
	bool first;

	igmp_init(&g, &env);
	igmp_set_local(&g, now, 0x0a000002);
	while (in.left) {
		uint8_t what = fuzz_8(&in);

		now += MIR_MS(what >> 3);
		if (what % 4 == 0)
			igmp_join(&g, now, 0xef000000u | fuzz_8(&in), &first);
		else if (what % 4 == 1)
			igmp_leave(&g, now, 0xef000000u | fuzz_8(&in));
		else
			hear(&g, now, &in);
		sent = 0;
		next = igmp_poll(&g, now);
		CHECK(next > now || sent);
		CHECK(sent <= 2 * IGMP_GROUPS);
	}
}
