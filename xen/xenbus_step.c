/* SPDX-License-Identifier: ISC */
/* The frontend's side of the state dance (xen/io/xenbus.h, docs/misc/xenstore-paths): pure.
 *
 * We are Initialising until the backend waits, then Connected at once, and Closed when it left or
 * when we gave it up.  A backend that starts anew is met by starting anew; never by Closed, which
 * would make it close, too.  One that closed and yet is to stay ("online") is asked to open again
 * after a while: it and we misunderstood each other, as can happen when it restarts. */
#include "xen/xenbus.h"

static enum xenbus_step
when_connected(enum xenbus_state back, bool up)
{
	switch (back) {
	case XenbusStateConnected:
		return up ? XENBUS_WAIT : XENBUS_UP;
	case XenbusStateInitialising:
	case XenbusStateInitWait:
	case XenbusStateInitialised:
		return up ? XENBUS_RESTART : XENBUS_WAIT;
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return XENBUS_WAIT;
	default:
		return XENBUS_CLOSE;
	}
}

static enum xenbus_step
when_closed(enum xenbus_state back, bool online)
{
	switch (back) {
	case XenbusStateInitialising:
	case XenbusStateInitWait:
		return XENBUS_RESTART;
	case XenbusStateClosed:
		return online ? XENBUS_REOPEN : XENBUS_WAIT;
	default:
		return XENBUS_WAIT;
	}
}

enum xenbus_step
xenbus_next_step(enum xenbus_state front, enum xenbus_state back, bool up, bool online)
{
	switch (front) {
	case XenbusStateInitialising:
		return back == XenbusStateInitWait ? XENBUS_CONNECT : XENBUS_WAIT;
	case XenbusStateConnected:
		return when_connected(back, up);
	default:
		return when_closed(back, online);
	}
}
