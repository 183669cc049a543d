/* SPDX-License-Identifier: ISC */
/* The blocking forms of a flow's calls. */
#include "mir/err.h"
#include "mir/flow.h"

int
mir_flow_read(struct mir_flow *f, struct mir_buf **out, mir_ns deadline)
{
	int n, err;

	while ((n = f->ops->recv(f, out)) == MIR_EAGAIN) {
		err = mir_wait(&f->readable, deadline);
		if (err)
			return err;
	}
	return n;
}

int
mir_flow_write(struct mir_flow *f, struct mir_buf *b, mir_ns deadline)
{
	int r, err;

	while ((r = f->ops->send(f, b)) == MIR_EAGAIN) {
		err = mir_wait(&f->writable, deadline);
		if (err)
			return err;
	}
	return r;
}
