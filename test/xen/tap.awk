# SPDX-License-Identifier: ISC
# From the bench's lines to TAP; a bench that did not come to its end is a failure of its own.
function result(line)
{
	print line
	fflush()
}
{ sub(/^bench: /, "") }
/^ok / {
	sub(/^ok /, "")
	split($0, w, ":")
	seen[w[1]]++
	passed++
	result("ok " (++n) " - " $0)
}
/^not ok / {
	sub(/^not ok /, "")
	split($0, w, ":")
	seen[w[1]]++
	failed++
	result("not ok " (++n) " - " $0)
}
/^#/ { result($0) }
/^results / { said[$2] = $3 }
END {
	count = split(types, t, " ")
	for (i = 1; i <= count; i++) {
		if (t[i] in said && said[t[i]] == seen[t[i]])
			continue
		failed++
		result("not ok " (++n) " - " t[i] ": the bench did not come to its end, or lines got lost: " \
			(seen[t[i]] + 0) " results, told " ((t[i] in said) ? said[t[i]] : "nothing"))
	}
	print "1.." n
	print "# " (passed + 0) " passed, " (failed + 0) " failed"
	exit failed > 0
}
