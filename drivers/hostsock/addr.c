/* SPDX-License-Identifier: ISC */
/* Addresses: an AF_INET6 socket that also speaks IPv4 takes Mir's form, ::ffff:a.b.c.d, as it
 * is. */
#include <errno.h>
#include <string.h>
#include "drivers/hostsock/addr.h"
#include "mir/err.h"

socklen_t
sock_addr_to_host(int family, const struct mir_addr *a, uint16_t port, union sock_addr *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(out, 0, sizeof *out);
	if (family == AF_INET6) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		memcpy(&out->v6.sin6_addr, a->bytes, 16);
		return sizeof out->v6;
	}
	if (memcmp(a->bytes, mapped, sizeof mapped) != 0)
		return 0;
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = htons(port);
	memcpy(&out->v4.sin_addr, a->bytes + sizeof mapped, 4);
	return sizeof out->v4;
}

void
sock_addr_from_host(const union sock_addr *from, struct mir_addr *a, uint16_t *port)
{
	if (from->any.sa_family == AF_INET6) {
		memcpy(a->bytes, &from->v6.sin6_addr, 16);
		*port = ntohs(from->v6.sin6_port);
	} else {
		*a = mir_addr_from_ipv4(ntohl(from->v4.sin_addr.s_addr));
		*port = ntohs(from->v4.sin_port);
	}
}

int
sock_err(int code)
{
	switch (code) {
	case 0: return MIR_OK;
	case EAGAIN: case EINPROGRESS: case EALREADY: case EINTR: return MIR_EAGAIN;
	case ECONNRESET: case EPIPE: case ECONNABORTED: return MIR_ERESET;
	case ECONNREFUSED: return MIR_EREFUSED;
	case ETIMEDOUT: return MIR_ETIMEDOUT;
	case ENETUNREACH: case EHOSTUNREACH: case ENETDOWN: case EHOSTDOWN: case EADDRNOTAVAIL:
	case EAFNOSUPPORT: return MIR_EUNREACH;
	case EADDRINUSE: return MIR_EEXIST;
	case EACCES: case EPERM: return MIR_EACCES;
	case EMSGSIZE: return MIR_EMSGSIZE;
	case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM: return MIR_ENOMEM;
	default: return MIR_EIO;
	}
}
