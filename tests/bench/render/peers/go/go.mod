module peers

go 1.21

require github.com/cbroglie/mustache v1.4.2
