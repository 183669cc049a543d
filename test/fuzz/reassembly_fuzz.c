/* SPDX-License-Identifier: ISC */
/* sources: net/reassembly/reassembly.c */
/* Fragments as the input has them, of four datagrams: what comes out has the bytes that its places
 * want, once each, and nothing is left. */
#include "net/reassembly/reassembly.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

#define HEADER 4

static uint8_t
byte_at(uint32_t at)
{
	return (uint8_t)(at * 7 + (at >> 8));
}

static void
judge(struct mir_buf *b)
{
	size_t len = mir_buf_len(b);
	uint8_t v;

	CHECK(len > HEADER && len <= 65535);
	for (size_t i = HEADER; i < len; i++) {
		mir_buf_copy_out(b, i, &v, 1);
		CHECK_EQ(v, byte_at((uint32_t)(i - HEADER)));
	}
	mir_buf_free(b);
}

void
fuzz_one(const uint8_t *input, size_t size)
{
	struct fuzz_bytes in = { input, size };
	struct reassembly r = { 0 };
	mir_ns now = 0;

	while (in.left) {
		uint8_t what = fuzz_8(&in);
		struct reassembly_key key = { .id = what & 3 };
		struct reassembly_fragment f = { .header = HEADER, .more = what & 4 };
		size_t len = fuzz_8(&in) * (what & 8 ? 8u : 1u);
		struct mir_buf *b = mir_buf_alloc(0, HEADER + len);

		f.offset = (uint16_t)(fuzz_8(&in) * 8u << (what & 16 ? 5 : 0));
		for (size_t i = 0; i < len; i++)
			b->data[HEADER + i] = byte_at(f.offset + (uint32_t)i);
		now += what & 32 ? MIR_SEC(what >> 6 << 3) : 0;
		b = reassembly_input(&r, now, &key, &f, b);
		if (b)
			judge(b);
		CHECK(r.count <= REASSEMBLY_DATAGRAMS && r.held <= REASSEMBLY_BYTES);
	}
	reassembly_clear(&r);
	CHECK(r.held == 0 && r.count == 0);
}
