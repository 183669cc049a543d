/* SPDX-License-Identifier: ISC */
/* net/dhcp/dhcp.h - the DHCP client engine (RFC 2131 4.4): messages and the time in, messages and
 * a deadline out. */
#ifndef NET_DHCP_H
#define NET_DHCP_H

#include "mir/buf.h"
#include "mir/clock.h"
#include "net/dhcp/lease.h"

enum dhcp_state {
	DHCP_OFF, DHCP_SELECTING, DHCP_REBOOTING, DHCP_REQUESTING, DHCP_CHECKING, DHCP_BOUND,
	DHCP_RENEWING, DHCP_REBINDING, DHCP_WAITING,
};

struct dhcp_env {
	void *ctx;
	/* Sends a message from 'src' (0.0.0.0 or ours) to 'dst'; takes it. */
	void (*output)(void *ctx, uint32_t src, uint32_t dst, struct mir_buf *message);
	/* Looks on the link for another user of 'ip': dhcp_conflict tells. */
	void (*probe)(void *ctx, uint32_t ip);
	void (*bound)(void *ctx, const struct dhcp_lease *lease);	/* New, or renewed. */
	void (*lost)(void *ctx);	/* Expired, refused, or taken by another host. */
	uint32_t (*random)(void *ctx);
};

struct dhcp {
	struct dhcp_env env;
	enum dhcp_state state;
	uint8_t mac[6];
	uint32_t xid;
	unsigned tries;
	mir_ns started, next;		/* 'next': when the state's wait is over. */
	mir_ns sent;			/* When the request of the lease was first sent. */
	struct dhcp_lease lease;	/* In force, or being asked for. */
};

void dhcp_init(struct dhcp *d, const struct dhcp_env *env);

/* The link is up: looks for an address at once, for the one it had first. */
void dhcp_start(struct dhcp *d, mir_ns now, const uint8_t mac[6]);
void dhcp_input(struct dhcp *d, mir_ns now, const uint8_t *p, size_t len);

/* The probed address has another user: declines it.  Once bound an address is not given up. */
void dhcp_conflict(struct dhcp *d, mir_ns now);

mir_ns dhcp_poll(struct dhcp *d, mir_ns now);	/* The next deadline. */

#endif
