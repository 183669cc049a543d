/* SPDX-License-Identifier: ISC */
/* ring_fuzz's xenstored: replies of its own, keys that make no sense, a ring that is spoiled. */
#include "test/fuzz/ring.h"
#include "test/support/xen/store.h"
#include <xen/io/xs_wire.h>

/* What xenstored says next, or one of the messages after that, is spoiled. */
static struct { unsigned in, kind; uint32_t value; } spoil;

static bool
spoil_reply(struct xs_header *h, uint8_t *payload)
{
	if (!spoil.in || --spoil.in)
		return true;
	switch (spoil.kind) {
	case 0:
		return false;
	case 1:
		h->id += (uint32_t)(int8_t)spoil.value;
		break;
	case 2:
		h->type = spoil.value & 0xff;
		break;
	case 3:
		h->len = spoil.value;
		break;
	case 4:
		payload[spoil.value % XS_REPLY_MAX] = (uint8_t)(spoil.value >> 16);
		break;
	case 5:
		h->type = XS_ERROR;
		memcpy(payload, spoil.value & 1 ? "EAGAIN" : "ENOENT", 7);
		h->len = 7;
		break;
	case 6:
		h->len = spoil.value % (h->len + 1);
		break;
	case 7:
		fake_store_say(h->type, h->id, h->tx, payload, h->len);
		break;
	}
	return true;
}

/* Unasked. */
static void
say(void)
{
	uint8_t text[64];
	uint32_t type = fuzz_8(&ring_in), id = fuzz_32(&ring_in), len = fuzz_8(&ring_in) % sizeof text;

	for (uint32_t i = 0; i < len; i++)
		text[i] = fuzz_8(&ring_in);
	fake_store_say(type, id, 0, text, len);
}

static void
poke_store(void)
{
	struct xenstore_domain_interface *r = &fake_store_ring;

	switch (fuzz_8(&ring_in) % 4) {
	case 0:
		r->rsp_prod = ring_index_near(r->rsp_prod);
		break;
	case 1:
		r->req_cons = ring_index_near(r->req_cons);
		break;
	case 2:
		r->rsp[(r->rsp_prod + fuzz_8(&ring_in)) % XENSTORE_RING_SIZE] = (char)fuzz_8(&ring_in);
		break;
	case 3:
		fake_store.silent = !fake_store.silent;
		break;
	}
	fake_port_raise(fake_store_port);
}

static void
write_key(void)
{
	static const struct { const char *path, *value; } keys[] = {
		{ "/local/domain/7/device/vif/0/mac", "nothing" },
		{ "/local/domain/7/device/vif/0/mac", "00:16:3e:00:00:00" },
		{ "/local/domain/7/device/vif/0/mtu", "9000" },
		{ "/local/domain/7/device/vif/0/mtu", "65535000" },
		{ "/local/domain/7/device/vif/0/backend", "/local/domain/0/backend/vif/7/1" },
		{ "/local/domain/7/device/vif/0/backend", "" },
		{ "/local/domain/7/device/vif/0/backend-id", "32753" },
		{ "/local/domain/7/device/vif/0/backend-id", "3" },
		{ "/local/domain/7/device/vif/1/state", "1" },
		{ "/local/domain/7/device/vif/abc/state", "1" },
		{ "/local/domain/0/backend/vif/7/0/online", "0" },
		{ "/local/domain/0/backend/vif/7/0/online", "maybe" },
		{ "/local/domain/0/backend/vif/7/0/feature-sg", "0" },
		{ "/local/domain/0/backend/vif/7/0/state", "12345678901234567890" },
		{ "/local/domain/0/backend/vif/7/0/state", "" },
		{ "/local/domain/7/control/shutdown", "suspend" },
		{ "/local/domain/0/backend/vif/7/0/carrier", "0" },
		{ "/local/domain/0/backend/vif/7/0/carrier", "1" },
		{ "/local/domain/0/backend/vif/7/0/multi-queue-max-queues", "1" },
		{ "/local/domain/0/backend/vif/7/0/multi-queue-max-queues", "99999999" },
		{ "/local/domain/0/backend/vif/7/0/feature-ctrl-ring", "0" },
		{ "/local/domain/0/backend/vif/7/0/feature-split-event-channels", "0" },
	};
	uint8_t which = fuzz_8(&ring_in) % (sizeof keys / sizeof *keys);

	fake_store_write(keys[which].path, "%s", keys[which].value);
}

void
ring_store_step(uint8_t what)
{
	switch (what % 8) {
	case 0:
	case 1:
		backend_misbehave(&ring_back->be, fuzz_8(&ring_in));
		break;
	case 2:
		write_key();
		break;
	case 3:
		fake_store.reply = spoil_reply;
		spoil.in = 1 + fuzz_8(&ring_in) % 32;
		spoil.kind = fuzz_8(&ring_in) % 8;
		spoil.value = fuzz_32(&ring_in);
		break;
	case 4:
		say();
		break;
	case 5:
		poke_store();
		break;
	case 6:
		fake_store_rm(fuzz_8(&ring_in) & 1 ? ring_back->be.front : ring_back->be.back);
		break;
	case 7:
		fake_store_repeat();
		break;
	}
}

void
ring_store_behave(void)
{
	memset(&spoil, 0, sizeof spoil);
	fake_store.silent = false;
	fake_store.reply = NULL;
	fake_store_ring_reset();
}
