/* SPDX-License-Identifier: ISC */
/* DHCP messages: parse and build. */
#include <string.h>
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/dhcp/packet.h"

#define COOKIE 0x63825363u

enum {
	OPT_PAD = 0, OPT_MASK = 1, OPT_ROUTER = 3, OPT_DNS = 6, OPT_MTU = 26,
	OPT_REQUESTED = 50, OPT_LEASE = 51, OPT_OVERLOAD = 52, OPT_TYPE = 53, OPT_SERVER = 54,
	OPT_PARAMETERS = 55,
	OPT_T1 = 58, OPT_T2 = 59, OPT_END = 255,
};

static void
option(struct dhcp_message *m, uint8_t *overload, uint8_t code, const uint8_t *p, size_t len)
{
	static const struct { uint8_t code; uint8_t field; } words[] = {
		{ OPT_MASK, offsetof(struct dhcp_message, mask) },
		{ OPT_ROUTER, offsetof(struct dhcp_message, router) },
		{ OPT_DNS, offsetof(struct dhcp_message, dns) },
		{ OPT_LEASE, offsetof(struct dhcp_message, lease) },
		{ OPT_SERVER, offsetof(struct dhcp_message, server) },
		{ OPT_T1, offsetof(struct dhcp_message, t1) },
		{ OPT_T2, offsetof(struct dhcp_message, t2) },
	};
	uint32_t word;

	if (code == OPT_TYPE && len >= 1)
		m->type = p[0];
	if (code == OPT_MTU && len >= 2)
		m->mtu = get16(p);
	if (code == OPT_OVERLOAD && len >= 1)
		*overload = p[0] & 3;
	for (size_t i = 0; i < sizeof words / sizeof *words && len >= 4; i++) {
		if (words[i].code == code) {
			word = get32(p);
			memcpy((char *)m + words[i].field, &word, sizeof word);
		}
	}
}

static int
options(struct dhcp_message *m, uint8_t *overload, const uint8_t *p, size_t len)
{
	size_t i = 0, n;

	while (i < len && p[i] != OPT_END) {
		if (p[i] == OPT_PAD) {
			i++;
			continue;
		}
		if (i + 1 >= len || (n = p[i + 1]) > len - i - 2)
			return MIR_EPROTO;
		option(m, overload, p[i], p + i + 2, n);
		i += n + 2;
	}
	return MIR_OK;
}

int
dhcp_parse(const uint8_t *p, size_t len, struct dhcp_message *out)
{
	uint8_t overload = 0, ignored;
	int err;

	memset(out, 0, sizeof *out);
	if (len < DHCP_OPTIONS || p[DHCP_OP] != 2 || p[DHCP_HTYPE] != 1 || p[DHCP_HLEN] != 6 ||
	    get32(p + DHCP_COOKIE) != COOKIE)
		return MIR_EPROTO;
	out->xid = get32(p + DHCP_XID);
	out->yiaddr = get32(p + DHCP_YIADDR);
	memcpy(out->chaddr, p + DHCP_CHADDR, sizeof out->chaddr);
	err = options(out, &overload, p + DHCP_OPTIONS, len - DHCP_OPTIONS);
	/* RFC 2132 9.3: options may go on in the file and server name fields. */
	if (!err && (overload & 1))
		err = options(out, &ignored, p + DHCP_FILE, DHCP_COOKIE - DHCP_FILE);
	if (!err && (overload & 2))
		err = options(out, &ignored, p + DHCP_SNAME, DHCP_FILE - DHCP_SNAME);
	if (!err && (out->type < DHCP_DISCOVER || out->type > DHCP_RELEASE))
		err = MIR_EPROTO;
	return err;
}

static uint8_t *
put_word(uint8_t *p, uint8_t code, uint32_t word)
{
	if (!word)
		return p;
	p[0] = code;
	p[1] = 4;
	put32(p + 2, word);
	return p + 6;
}

void
dhcp_build(uint8_t p[DHCP_MIN], const struct dhcp_question *q)
{
	static const uint8_t wanted[] = { OPT_PARAMETERS, 7, OPT_MASK, OPT_ROUTER, OPT_DNS,
		OPT_MTU, OPT_LEASE, OPT_T1, OPT_T2 };
	uint8_t *at = p + DHCP_OPTIONS;

	memset(p, 0, DHCP_MIN);
	p[DHCP_OP] = 1;
	p[DHCP_HTYPE] = 1;
	p[DHCP_HLEN] = 6;
	put32(p + DHCP_XID, q->xid);
	put16(p + DHCP_SECS, q->secs);
	/* Until it has an address our stack takes answers to any, but not every relay knows. */
	put16(p + DHCP_FLAGS, q->ciaddr ? 0 : 0x8000);
	put32(p + DHCP_CIADDR, q->ciaddr);
	memcpy(p + DHCP_CHADDR, q->chaddr, sizeof q->chaddr);
	put32(p + DHCP_COOKIE, COOKIE);
	*at++ = OPT_TYPE;
	*at++ = 1;
	*at++ = (uint8_t)q->type;
	at = put_word(at, OPT_REQUESTED, q->requested);
	at = put_word(at, OPT_SERVER, q->server);
	memcpy(at, wanted, sizeof wanted);
	at[sizeof wanted] = OPT_END;
}
