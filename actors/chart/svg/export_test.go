package svg

// Tenths writes a number of tenths as the pictures do.
func Tenths(n int) string { return string(appendTenths(nil, n)) }
