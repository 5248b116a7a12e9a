package figure

// scales are plotly.js's named colour scales, as colours at even distances (source: plotly.js, colorscale/scales.js).
// Those that Python names besides are sent as lists.
var scales = map[string]string{
	"blackbody": "000000 240000 480000 6c0000 900000 b40000 d80000 e61400 e63400 e65500 e67600 e69700 e6b800 e7d305 e9d820 ecdc3a eee155 f1e670 f4ea8a f6efa5 f9f4bf fbf8da fefdf4 f9fcff eff6ff e5f0ff dbeaff d1e5ff c8dfff bed9ff b4d3ff aaceff a0c8ff",
	"bluered":   "0000ff ff0000",
	"blues":     "050aac 080eae 0b13af 0e17b1 121cb2 1520b4 1825b6 1b29b7 1e2eb9 2132ba 2437bc 273bbe 2d43c7 334bd3 3a53de 405cea 4664f5 4c6af5 5270f5 5977f5 5e7cf6 6382f6 6887f7 718ef5 7d97f2 899ff0 95a8ed a1b1ea acb9e7 b8c2e4 c4cbe2 d0d3df dcdcdc",
	"cividis":   "00204c 002a66 00346e 273f6c 3c4a6b 4c556b 5b5f6d 686a70 757575 838178 928c78 a19876 b0a572 c0b16d d1bf66 e1cc5c f3db4f ffe945",
	"earth":     "000082 003892 0070a1 00a9b1 0abc91 16c565 23ce3a 3ad429 58d72a 75da2c 93dd2e b1e02f cee431 e3e131 d1c82c c0af28 af9623 9e7d1e 8d641a 7b4b15 805223 8b6035 966e47 a07d5a ab8b6c b59a7e c0a891 cab7a3 d5c5b6 dfd4c8 eae2da f4f1ed ffffff",
	"electric":  "000000 060015 0c002a 13003e 190053 200064 2c0064 370064 420064 4d0064 580064 640064 6f0064 790361 801151 861f42 8c2d32 923b22 984913 9f5703 a96800 b47900 bf8a00 ca9b00 d4ac00 dfbe00 e8cb0e ebd330 efdb52 f3e375 f7ea97 fbf2ba fffadc",
	"greens":    "00441b 006d2c 238b45 41ab5d 74c476 a1d99b c7e9c0 e5f5e0 f7fcf5",
	"greys":     "000000 ffffff",
	"hot":       "000000 180000 300000 480000 600000 780000 900000 a80000 c00000 d80000 e70900 ea1f00 ec3500 ef4a00 f16000 f47600 f78c00 f9a200 fcb800 fece00 ffd510 ffd824 ffdc38 ffdf4c ffe360 ffe674 ffea87 ffed9b fff1af fff4c3 fff8d7 fffbeb ffffff",
	"jet":       "000083 000f8d 001e96 002da0 003caa 0154b5 016dbf 0285ca 029ed4 03b6df 04ceea 04e7f4 05ffff 24ffdf 44ffbf 63ff9f 82ff80 a1ff60 c0ff40 e0ff20 ffff00 fedf00 febf00 fd9f00 fc8000 fc6000 fb4000 fb2000 fa0000 dc0000 bd0000 9e0000 800000",
	"picnic":    "0000ff 3399ff 66ccff 99ccff ccccff ffffff ffccff ff99ff ff66cc ff6666 ff0000",
	"portland":  "0c3383 0a88ba f2d338 f28f38 d91e1e",
	"rainbow":   "96005a 0000c8 0019ff 0098ff 2cff96 97ff00 ffea00 ff6f00 ff0000",
	"rdbu":      "050aac 0e15b3 1721b9 202cc0 2937c7 3243cd 3b4ed4 4459db 4d65e2 5670e8 5f7bef 6887f6 7892ee 8a9de2 9ba8d6 acb3ca bebebe c7b8ac d1b29a daab88 dea479 e29c6c e5945f e38956 dd7a50 d86c49 d25e43 cd503c c84236 c2342f bd2629 b71822 b20a1c",
	"reds":      "dcdcdc e0d8d2 e4d4c8 e8d0be ecccb5 f0c8ab f3c5a1 f5c098 f5ba90 f5b588 f5af80 f5aa78 f5a470 f49e68 f19764 ed8f60 ea875c e67f58 e37754 df7050 dc684c d86048 d55844 d15040 ce483c ca4138 c73934 c33130 c0292c bc2128 b91a24 b51220 b20a1c",
	"viridis":   "440154 460c5f 48186a 482272 472d7b 453680 424086 3f4988 3b528b 375a8c 33638d 306a8d 2c728e 297a8e 26828e 24898d 21918c 20988a 1f9f88 23a684 28ad80 33b47a 3ebb74 4dc26b 5dc863 6fce58 82d34c 96d83f abdc31 c0df26 d5e21a e9e41f fde725",
	"ylgnbu":    "081d58 253494 225ea8 1d91c0 41b6c4 7fcdbb c7e9b4 edf8d9 ffffd9",
	"ylorrd":    "800026 bd0026 e31a1c fc4e2a fd8d3c feb24c fed976 ffeda0 ffffcc",
}
