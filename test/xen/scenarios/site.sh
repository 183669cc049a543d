# SPDX-License-Identifier: ISC
# The .xl file as the build wrote it, an address by DHCP, each file of the site.  The guest stays
# on until renewal.sh looks at its lease.
start stay www "$(vif 9)" || exit 0
mac=00:16:3e:00:00:09
check "boot by mir-www.xl, address by DHCP" stay until_true 60 lease_of $mac
address=$(lease_of $mac)
check "www answers at its leased address" stay until_true 60 serves "$address"
check "each file of the site, compared" stay same_files "$address" /guest/site
