/* SPDX-License-Identifier: ISC */
/* The network: an address, and a connection to where the name leads. */
#include "app/probe/tell.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/param.h"

#define PATIENCE MIR_SEC(3)

static unsigned port = 80;
MIR_PARAM(port, mir_param_uint, &port, "NUMBER", "TCP port that probe connects to");
static const char *name_of_peer = "probe.example";
MIR_PARAM(peer, mir_param_text, &name_of_peer, "NAME", "host that probe connects to");

static mir_ns
soon(void)
{
	return mir_deadline(mir_now(), PATIENCE);
}

/* Something small is sent; that the peer ends or says anything is an answer. */
static void
converse(struct mir_flow *f)
{
	struct mir_buf *b = mir_buf_copy_in("probe\n", 6), *answer = NULL;
	int err = b ? mir_flow_write(f, b, soon()) : MIR_ENOMEM, n;

	if (err)
		mir_buf_free(b);
	if (!err)
		err = mir_flow_shutdown(f);
	if (!tell_step("net", "send", err)) {
		mir_flow_abort(f);
		return;
	}
	n = mir_flow_read(f, &answer, soon());
	if (n < 0)
		tell("net", false, "receive: %s", mir_err_name(n));
	else
		tell("net", true, "connected, sent 6 bytes, received %d", n);
	mir_buf_free(answer);
	mir_flow_close(f);
}

void
try_net(struct mir_stack *net, struct mir_resolver *names)
{
	struct mir_stack_addr mine;
	struct mir_addr peer;
	struct mir_flow *f;
	char text[TEXT_IPV4];
	int n;

	if (!tell_step("net", "address", mir_stack_configured(net, &mine, soon())))
		return;
	tell("net", true, "the address by '%s' is %s", net->ops->name,
	     text_from_ipv4(mir_addr_to_ipv4(&mine.addr), text));
	n = mir_resolve(names, name_of_peer, &peer, 1, soon());
	if (n < 1) {
		tell_step("net", name_of_peer, n ? n : MIR_ENOENT);
		return;
	}
	if (tell_step("net", "connect", mir_stack_connect(net, &peer, (uint16_t)port, &f, soon())))
		converse(f);
}

int
probe_net_start(struct mir_console *console, struct mir_clock *clock, struct mir_random *random,
		struct mir_block *disk, struct mir_fs *files, struct mir_kv_rw *values,
		struct mir_resolver *names, struct mir_stack *net)
{
	if (try_machine(console, clock, random, disk, files, values, names))
		try_net(net, names);
	else
		tell("net", false, "not tried, as time stands still");
	return tell_result();
}
