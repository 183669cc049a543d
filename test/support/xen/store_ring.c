/* SPDX-License-Identifier: ISC */
/* xenstored's side of the rings (xen/io/xs_wire.h): takes requests when it is notified, and says
 * what it has to say as there is room.  The guest's indexes are as hostile to it as its own are
 * to the guest, but that is not what is tested here: it stops where they make no sense. */
#include "test/support/xen/fake.h"
#include "test/support/xen/store.h"
#include "test/unit/harness.h"
#include "xen/byte_ring.h"
#include <xen/io/xs_wire.h>

#define OUT	65536u			/* Bytes that wait for room. */

static uint8_t in[XS_HEADER + XS_REPLY_MAX + 1];
static uint32_t in_len;
static uint8_t out[OUT];
static uint32_t out_len;

static bool
hear(void)
{
	struct xenstore_domain_interface *r = &fake_store_ring;
	struct xs_header h;
	bool heard = false;

	while (!fake_store.silent && r->req_prod != r->req_cons &&
	       r->req_prod - r->req_cons <= XENSTORE_RING_SIZE) {
		byte_ring_get(r->req, XENSTORE_RING_SIZE, r->req_cons, in + in_len, 1);
		r->req_cons++;
		in_len++;
		heard = true;
		if (in_len < XS_HEADER)
			continue;
		if (xs_header_get(in, &h)) {
			in_len = 0;
			continue;
		}
		if (in_len < XS_HEADER + h.len)
			continue;
		in[in_len] = 0;
		in_len = 0;
		fake_store.requests++;
		fake_store_request(&h, (char *)in + XS_HEADER);
	}
	return heard;
}

static bool
speak(void)
{
	struct xenstore_domain_interface *r = &fake_store_ring;
	int used = byte_ring_used(r->rsp_prod, r->rsp_cons, XENSTORE_RING_SIZE);
	uint32_t n;

	if (used < 0 || !out_len)
		return false;
	n = XENSTORE_RING_SIZE - (uint32_t)used;
	if (n > out_len)
		n = out_len;
	byte_ring_put(r->rsp, XENSTORE_RING_SIZE, r->rsp_prod, out, n);
	r->rsp_prod += n;
	out_len -= n;
	memmove(out, out + n, out_len);
	return n > 0;
}

void
fake_store_notified(void *ctx)
{
	bool news = hear();

	(void)ctx;
	news |= speak();
	if (news)
		fake_port_raise(fake_store_port);
}

static struct fake_actor turn = { .run = fake_store_notified };

static void
append(const void *bytes, uint32_t len)
{
	if (out_len + len > OUT)
		return;
	if (len)
		memcpy(out + out_len, bytes, len);
	out_len += len;
}

void
fake_store_say(uint32_t type, uint32_t id, uint32_t tx, const void *payload, uint32_t len)
{
	static uint8_t copy[XS_REPLY_MAX];
	struct xs_header h = { type, id, tx, len };
	uint8_t raw[XS_HEADER];

	if (len > XS_REPLY_MAX)
		return;
	if (len)
		memcpy(copy, payload, len);
	if (fake_store.reply && !fake_store.reply(&h, copy))
		return;
	xs_header_put(raw, &h);
	append(raw, XS_HEADER);
	append(copy, h.len < XS_REPLY_MAX ? h.len : XS_REPLY_MAX);
	fake_actor_set(&turn, test_now + FAKE_DELAY);
}

void
fake_store_forget_stream(void)
{
	in_len = out_len = 0;
}
