# SPDX-License-Identifier: ISC
# After site.sh: half of the lease of two minutes is over after one.
renewed() {
	[ "$(grep -c "DHCPACK.*00:16:3e:00:00:09" /tmp/dnsmasq.log)" -ge 2 ]
}
check "lease renewed" stay until_true 90 renewed
check "www serves after the renewal" stay serves "$(lease_of 00:16:3e:00:00:09)"
destroy stay
