/* SPDX-License-Identifier: ISC */
/* The stack of the host: where its sockets are bound, and which address others know it by. */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "drivers/hostsock/hostsock.h"
#include "drivers/hostsock/sock.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/param.h"

#define LOOPBACK	0x7f000001u	/* 127.0.0.1 */
#define OTHER_FILES	512		/* Descriptors that are not sockets. */

static struct sock_host host;
static uint8_t prefix = 32;		/* Of the address of 'ip='. */

/* "dhcp" and a prefix are what Mir's own TCP/IP takes here: the same command line fits both. */
static int
parse_ip(const char *value, void *to)
{
	uint32_t ip;

	if (strcmp(value, "dhcp") == 0)
		return MIR_OK;
	if (text_ipv4(value, &ip) && text_ipv4_prefix(value, &ip, &prefix))
		return MIR_EINVAL;
	*(struct mir_addr *)to = ip ? mir_addr_from_ipv4(ip) : (struct mir_addr){ { 0 } };
	return MIR_OK;
}

MIR_PARAM(ip, parse_ip, &host.address, "A.B.C.D|dhcp", "the host's address to use; dhcp: all");

static bool
is_any(const struct mir_addr *a)
{
	static const struct mir_addr any;

	return memcmp(a, &any, sizeof any) == 0;
}

static int
bind_to(int fd, const struct sock_host *h, uint16_t port)
{
	struct mir_addr any = { { 0 } };
	union sock_addr to;
	socklen_t len;

	if (is_any(&h->address) && h->family == AF_INET)
		any = mir_addr_from_ipv4(0);
	len = sock_addr_to_host(h->family, is_any(&h->address) ? &any : &h->address, port, &to);
	return bind(fd, &to.any, len);
}

int
sock_open(const struct sock_host *h, int type, uint16_t port, bool listens)
{
	static const int on = 1, off = 0;
	int fd = socket(h->family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return sock_err(errno);
	if (h->family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (listens && type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if ((listens || !is_any(&h->address)) && bind_to(fd, h, port)) {
		err = sock_err(errno);
		close(fd);
		return err;
	}
	return fd;
}

/* The first address that is not the loopback's. */
static uint32_t
outward(uint8_t *bits)
{
	struct ifaddrs *all, *i;
	uint32_t ip = LOOPBACK;

	*bits = 8;
	if (getifaddrs(&all))
		return ip;
	for (i = all; i; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !i->ifa_netmask ||
		    !(i->ifa_flags & IFF_UP) || (i->ifa_flags & IFF_LOOPBACK))
			continue;
		ip = ntohl(((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr.s_addr);
		*bits = (uint8_t)__builtin_popcount(
			((struct sockaddr_in *)(void *)i->ifa_netmask)->sin_addr.s_addr);
		break;
	}
	freeifaddrs(all);
	return ip;
}

static int
host_address(struct mir_stack *s, struct mir_stack_addr *out)
{
	const struct sock_host *h = (const struct sock_host *)s;

	*out = (struct mir_stack_addr){ .addr = h->address, .prefix = prefix };
	if (is_any(&h->address))
		out->addr = mir_addr_from_ipv4(outward(&out->prefix));
	return MIR_OK;
}

static const struct mir_stack_ops host_ops = {
	.name = "host sockets", .listen = sock_listen, .accept = sock_accept,
	.unlisten = sock_unlisten, .connect = sock_connect, .udp_bind = sock_udp_bind,
	.address = host_address,
};

/* The host's usual limit of 1024 descriptors is less than we may have connections. */
static void
raise_limit(void)
{
	rlim_t want = CONFIG_HOSTSOCK_FLOWS + CONFIG_HOSTSOCK_UDP + OTHER_FILES;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur >= want)
		return;
	r.rlim_cur = want < r.rlim_max ? want : r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int
hostsock_open(struct mir_stack **out)
{
	int fd;

	raise_limit();
	host.stack.ops = &host_ops;
	host.family = AF_INET6;
	fd = sock_open(&host, SOCK_STREAM, 0, true);
	if (fd >= 0)
		close(fd);
	else
		host.family = AF_INET;	/* This host has no IPv6. */
	*out = &host.stack;
	return MIR_OK;
}
