/* SPDX-License-Identifier: ISC */
/* Addresses both ways, and the host's errors in Mir's words. */
#include <errno.h>
#include "drivers/hostsock/addr.h"
#include "mir/err.h"
#include "test/unit/harness.h"

TEST(addresses_go_there_and_back)
{
	struct mir_addr v4 = mir_addr_from_ipv4(0x0a010203), back, v6 = { { 0x20, 1, [15] = 9 } };
	union sock_addr to;
	uint16_t port;

	CHECK_EQ(sock_addr_to_host(AF_INET, &v4, 80, &to), sizeof to.v4);
	CHECK_EQ(to.v4.sin_addr.s_addr, htonl(0x0a010203));
	sock_addr_from_host(&to, &back, &port);
	CHECK_EQ(port, 80);
	CHECK_MEM(&back, &v4, sizeof v4);
	CHECK_EQ(sock_addr_to_host(AF_INET6, &v4, 81, &to), sizeof to.v6);
	sock_addr_from_host(&to, &back, &port);
	CHECK_EQ(port, 81);
	CHECK_MEM(&back, &v4, sizeof v4);
	CHECK_EQ(sock_addr_to_host(AF_INET6, &v6, 65535, &to), sizeof to.v6);
	sock_addr_from_host(&to, &back, &port);
	CHECK_EQ(port, 65535);
	CHECK_MEM(&back, &v6, sizeof v6);
	CHECK_EQ(sock_addr_to_host(AF_INET, &v6, 1, &to), 0);
}

TEST(errors)
{
	static const struct { int code, err; } cases[] = {
		{ 0, MIR_OK }, { EAGAIN, MIR_EAGAIN }, { EINPROGRESS, MIR_EAGAIN },
		{ ECONNRESET, MIR_ERESET }, { EPIPE, MIR_ERESET }, { ECONNREFUSED, MIR_EREFUSED },
		{ ETIMEDOUT, MIR_ETIMEDOUT }, { EHOSTUNREACH, MIR_EUNREACH },
		{ ENETUNREACH, MIR_EUNREACH }, { EADDRINUSE, MIR_EEXIST }, { EACCES, MIR_EACCES },
		{ EMSGSIZE, MIR_EMSGSIZE }, { EMFILE, MIR_ENOMEM }, { ENFILE, MIR_ENOMEM },
		{ ENOTSOCK, MIR_EIO },
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_MSG(sock_err(cases[i].code) == cases[i].err, "errno %d", cases[i].code);
}
