/* SPDX-License-Identifier: ISC */
/* Streams with known contents: a writer, and a reader that checks each byte. */
#include "mir/err.h"
#include "mir/page.h"
#include "sim/priv.h"

/* Rows of 251 bytes, a prime, that all start differently: bytes in a wrong place don't fit. */
uint8_t
sim_pattern(uint64_t key, uint64_t at)
{
	return (uint8_t)(at % 251 + at / 251 * 7 + at / (251 * 256) * 13 + key * 29);
}

uint64_t
sim_write(struct mir_flow *f, uint64_t key, uint64_t offset, uint64_t count, int *err)
{
	uint64_t done = 0;

	*err = MIR_OK;
	while (done < count && !*err) {
		uint64_t len = count - done < MIR_PAGE_SIZE ? count - done : MIR_PAGE_SIZE;
		struct mir_buf *b = mir_buf_alloc(0, len);

		if (!b)
			sim_die("no memory to write from");
		for (uint64_t i = 0; i < len; i++)
			b->data[i] = sim_pattern(key, offset + done + i);
		*err = mir_flow_write(f, b, MIR_NEVER);
		if (*err)
			mir_buf_free(b);
		else
			done += len;
	}
	return done;
}

static bool
same(const struct mir_buf *b, uint64_t key, uint64_t at)
{
	for (; b; b = b->next)
		for (uint32_t i = 0; i < b->len; i++, at++)
			if (!CHECK_MSG(b->data[i] == sim_pattern(key, at),
				       "byte %llu is 0x%02x, not 0x%02x", (unsigned long long)at,
				       b->data[i], sim_pattern(key, at)))
				return false;
	return true;
}

uint64_t
sim_read(struct mir_flow *f, uint64_t key, uint64_t offset, uint64_t count, int *err)
{
	struct mir_buf *b;
	uint64_t done = 0;
	int n;

	*err = MIR_OK;
	while (done < count) {
		n = mir_flow_read(f, &b, MIR_NEVER);
		if (n <= 0) {
			*err = n;
			break;
		}
		same(b, key, offset + done);
		done += (unsigned)n;
		mir_buf_free(b);
	}
	return done;
}
