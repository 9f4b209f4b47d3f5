// A counter with enable, synchronous reset and a terminal flag.
module counter #(parameter WIDTH = 8) (
  input clk, input reset, input enable, output reg [WIDTH-1:0] count, output last
);
  assign last = &count;
  always @(posedge clk)
    if (reset) count <= 0;
    else if (enable) count <= count + 1'b1;
endmodule
