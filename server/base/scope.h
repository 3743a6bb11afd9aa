#pragma once

/* `SCOPED(fini) struct x *x = …;` calls fini(&x) when the name goes out of scope. */
#define SCOPED(fini) __attribute__((cleanup(fini)))
