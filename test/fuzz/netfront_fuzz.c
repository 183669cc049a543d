/* SPDX-License-Identifier: ISC */
/* sources: drivers/netfront/rx_check.c drivers/netfront/tx_check.c drivers/netfront/ctrl_check.c */
/* What a network backend writes into the shared rings: slots, extras, indexes, answers.
 *
 * The bytes are a slot each time; expectations are spelled out from xen/io/netif.h. */
#include "drivers/netfront/ctrl_check.h"
#include "drivers/netfront/rx_check.h"
#include "drivers/netfront/tx_check.h"
#include "mir/err.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

static bool
take(struct fuzz_bytes *in, void *to, size_t n)
{
	if (in->left < n)
		return false;
	memcpy(to, in->at, n);
	in->at += n;
	in->left -= n;
	return true;
}

static void
received(struct fuzz_bytes *in, uint16_t wrong)
{
	struct netif_rx_response s;
	struct rx_piece piece;
	uint16_t id;
	bool fits;
	int err;

	if (!take(in, &s, sizeof s))
		return;
	id = s.id ^ wrong;
	fits = s.status > 0 && s.status <= 4096 && s.offset + s.status <= 4096;
	err = rx_slot_check(&s, id, &piece);
	CHECK_EQ(err, wrong ? MIR_EPROTO : s.status < 0 ? MIR_EIO : fits ? MIR_OK : MIR_EPROTO);
	CHECK_EQ(piece.more, !!(s.flags & NETRXF_more_data));
	CHECK_EQ(piece.extra, !!(s.flags & NETRXF_extra_info));
	if (err == MIR_OK)
		CHECK(piece.len > 0 && piece.offset + piece.len <= 4096);
}

static void
extra(struct fuzz_bytes *in)
{
	struct netif_extra_info s;
	struct rx_extra x;
	bool joined;
	int err;

	if (!take(in, &s, sizeof s))
		return;
	err = rx_extra_check(&s, &x);
	joined = s.type == XEN_NETIF_EXTRA_TYPE_GSO && s.u.gso.size && s.u.gso.type - 1u < 2;
	CHECK_EQ(err, s.type == XEN_NETIF_EXTRA_TYPE_HASH || joined ? MIR_OK : MIR_EPROTO);
	CHECK_EQ(x.more, s.flags & XEN_NETIF_EXTRA_FLAG_MORE);
	CHECK_EQ(x.gso_size, joined ? s.u.gso.size : 0);
}

/* 'posted' requests were not answered when 'prod' came: at most so many are. */
static void
indexes(struct fuzz_bytes *in)
{
	RING_IDX cons = fuzz_32(in), posted = fuzz_16(in) % (RING_SLOTS + 1);
	RING_IDX prod = fuzz_8(in) & 1 ? cons + fuzz_8(in) : fuzz_32(in);
	int n = ring_responses(prod, cons, cons + posted);

	CHECK_EQ(n, prod - cons <= posted ? (int)(prod - cons) : MIR_EPROTO);
}

/* The two bytes in front say of 256 requests which are in flight. */
static void
answered(struct fuzz_bytes *in)
{
	static struct tx_slot slots[RING_SLOTS];
	uint8_t step = fuzz_8(in), first = fuzz_8(in);
	struct netif_tx_response s;
	uint16_t id = 0;
	int err;

	for (unsigned i = 0; i < RING_SLOTS; i++)
		slots[i].ref = i >= first && (i - first) % (step + 1u) == 0;
	if (!take(in, &s, sizeof s))
		return;
	err = tx_response_check(&s, slots, step & 1, &id);
	if (s.status == NETIF_RSP_NULL) {
		CHECK_EQ(err, step & 1 ? MIR_ENOENT : MIR_EPROTO);
		return;
	}
	if (s.id >= RING_SLOTS || !slots[s.id].ref) {
		CHECK_EQ(err, MIR_EPROTO);
		return;
	}
	CHECK_EQ(err, s.status == NETIF_RSP_OKAY ? MIR_OK : MIR_EIO);
	CHECK_EQ(id, s.id);
}

static void
controlled(struct fuzz_bytes *in)
{
	uint16_t id = fuzz_8(in), type = fuzz_8(in) % 16;
	struct xen_netif_ctrl_response s;
	uint32_t data;
	int err;

	if (!take(in, &s, sizeof s))
		return;
	err = ctrl_response_check(&s, id, type, &data);
	if (s.id != id || s.type != type || s.status > XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW)
		CHECK_EQ(err, MIR_EPROTO);
	else
		CHECK(err != MIR_EPROTO && data == s.data);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	struct fuzz_bytes in = { data, len };

	while (in.left) {
		uint8_t kind = fuzz_8(&in);

		if (kind == 0xff)
			controlled(&in);
		else if (kind % 4 == 0)
			received(&in, kind & 0x80 ? kind : 0);
		else if (kind % 4 == 1)
			extra(&in);
		else if (kind % 4 == 2)
			indexes(&in);
		else
			answered(&in);
	}
}
