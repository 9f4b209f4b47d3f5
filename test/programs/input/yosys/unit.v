// A small arithmetic unit with a register file and a state machine: the design from end to end.
module alu(input [2:0] op, input [15:0] a, input [15:0] b, output reg [15:0] y, output zero);
  assign zero = y == 0;
  always @* case (op)
    0: y = a + b;
    1: y = a - b;
    2: y = a & b;
    3: y = a | b;
    4: y = a ^ b;
    5: y = a << b[3:0];
    6: y = a >> b[3:0];
    default: y = a < b ? 16'd1 : 16'd0;
  endcase
endmodule

module unit(input clk, input reset, input [2:0] op, input [2:0] rs, input [2:0] rd, input [15:0] value,
            input load, output [15:0] result, output reg [1:0] state);
  reg [15:0] registers [0:7];
  reg [15:0] held;
  wire zero;
  alu alu0(.op(op), .a(registers[rs]), .b(held), .y(result), .zero(zero));
  always @(posedge clk) begin
    held <= load ? value : result;
    if (load) registers[rd] <= value;
    else if (state == 2) registers[rd] <= result;
    if (reset) state <= 0;
    else case (state)
      0: state <= load ? 1 : 0;
      1: state <= zero ? 0 : 2;
      2: state <= 3;
      default: state <= 0;
    endcase
  end
endmodule
