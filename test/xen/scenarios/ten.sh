# SPDX-License-Identifier: ISC
# Ten guests at once, each with an address of its own from the DHCP server.
mac_of() {
	printf '00:16:3e:00:00:%02x' $((0x40 + $1))
}
all_answer() {
	local n address
	for n in {1..10}; do
		address=$(lease_of "$(mac_of "$n")") || { echo "guest $n has no lease"; return 1; }
		echo "$address" >>"$work/addresses"
		until_true 60 serves "$address" || { echo "guest $n at $address"; return 1; }
	done
	[ "$(sort -u "$work/addresses" | wc -l)" = 10 ] || { echo "addresses twice"; return 1; }
}
for n in {1..10}; do
	start "ten$n" www "$(vif $((0x40 + n)))" memory=16
done
until_true 60 lease_of "$(mac_of 10)"
check "ten guests at once, ten addresses, all answer" ten10 all_answer
