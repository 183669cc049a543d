/* SPDX-License-Identifier: ISC */
/* net/udp/udp.h - the UDP engine (RFC 768): sockets by port, bounded queues.
 *
 * No I/O and no clock: datagrams in and, by env, datagrams out. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include <stdbool.h>
#include "mir/udp.h"

enum udp_wire { UDP_SPORT = 0, UDP_DPORT = 2, UDP_LEN = 4, UDP_CSUM = 6, UDP_HDR = 8 };

struct udp_hdr {
	uint16_t sport, dport, len;	/* 'len': bytes with the header. */
	bool has_csum;
};

/* 'have' readable bytes of a datagram of 'len'.  MIR_EPROTO: lengths that can't be. */
int udp_parse(const uint8_t *p, size_t have, size_t len, struct udp_hdr *out);

/* Puts a header in front of payload 'b' (which has headroom or gets a piece in front), checksum
 * included, or left to the device (MIR_BUF_CSUM_BLANK).  NULL: no memory, 'b' still the caller's. */
struct mir_buf *udp_build(struct mir_buf *b, const struct mir_addr *src, uint16_t sport,
			  const struct mir_addr *dst, uint16_t dport, bool blank);

struct udp;
struct udp_socket;

struct udp_env {
	void *ctx;
	/* As mir_udp's send: takes the datagram (header included) on success. */
	int (*output)(void *ctx, const struct mir_addr *src, const struct mir_addr *dst,
		      struct mir_buf *b);
	/* The address datagrams to 'dst' come from; MIR_EUNREACH: none yet. */
	int (*source)(void *ctx, const struct mir_addr *dst, struct mir_addr *src);
	/* The device fills checksums of datagrams to 'dst' in.  NULL: it does not. */
	bool (*csum)(void *ctx, const struct mir_addr *dst);
	/* A port that the owner serves itself: DHCP's.  'own' takes the payload.  0: none. */
	uint16_t own_port;
	void (*own)(void *ctx, struct mir_buf *payload);
	/* Joins or leaves a group on the link; for each socket that is a member once.  As
	 * mir_udp's join.  NULL: there are no groups. */
	int (*group)(void *ctx, const struct mir_addr *group, bool join);
};

struct udp {
	struct udp_env env;
	struct udp_socket *sockets;
	uint16_t next_port;
};

void udp_init(struct udp *u, const struct udp_env *env);
int udp_bind(struct udp *u, uint16_t port, struct mir_udp **out);
bool udp_port_bound(const struct udp *u, uint16_t port);

/* One received datagram, from the UDP header on; takes 'b'.  MIR_ENOENT: nobody has the port. */
int udp_input(struct udp *u, const struct mir_addr *src, const struct mir_addr *dst,
	      struct mir_buf *b);

#endif
