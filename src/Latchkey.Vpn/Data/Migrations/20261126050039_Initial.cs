using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Latchkey.Vpn.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "vpn_keys",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Uuid = table.Column<string>(type: "TEXT", maxLength: 36, nullable: false),
                    ShortId = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    Note = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    SearchText = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    SubscriptionVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    PausedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DataLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    ResetPeriod = table.Column<string>(type: "TEXT", nullable: false),
                    DeviceLimit = table.Column<int>(type: "INTEGER", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_keys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "vpn_nodes",
                columns: table => new
                {
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    CoreStartedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_nodes", x => x.Node);
                });

            migrationBuilder.CreateTable(
                name: "vpn_removals",
                columns: table => new
                {
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: false),
                    RemovedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ConfirmedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_removals", x => new { x.Node, x.KeyId });
                });

            migrationBuilder.CreateTable(
                name: "vpn_telegram_keys",
                columns: table => new
                {
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    UserId = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdateId = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_telegram_keys", x => x.KeyId);
                });

            migrationBuilder.CreateTable(
                name: "vpn_counters",
                columns: table => new
                {
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Upload = table.Column<long>(type: "INTEGER", nullable: false),
                    Download = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_counters", x => new { x.KeyId, x.Node });
                    table.ForeignKey(
                        name: "FK_vpn_counters_vpn_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "vpn_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vpn_key_requests",
                columns: table => new
                {
                    Hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    BodyHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    LastKeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_key_requests", x => x.Hash);
                    table.ForeignKey(
                        name: "FK_vpn_key_requests_vpn_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "vpn_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vpn_traffic",
                columns: table => new
                {
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Upload = table.Column<long>(type: "INTEGER", nullable: false),
                    Download = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PeriodAnchor = table.Column<long>(type: "INTEGER", nullable: false),
                    NextResetAt = table.Column<long>(type: "INTEGER", nullable: true),
                    BlockedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Notice = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_traffic", x => x.KeyId);
                    table.ForeignKey(
                        name: "FK_vpn_traffic_vpn_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "vpn_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vpn_traffic_days",
                columns: table => new
                {
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Upload = table.Column<long>(type: "INTEGER", nullable: false),
                    Download = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_traffic_days", x => new { x.KeyId, x.At });
                    table.ForeignKey(
                        name: "FK_vpn_traffic_days_vpn_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "vpn_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vpn_traffic_hours",
                columns: table => new
                {
                    KeyId = table.Column<long>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Upload = table.Column<long>(type: "INTEGER", nullable: false),
                    Download = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vpn_traffic_hours", x => new { x.KeyId, x.At });
                    table.ForeignKey(
                        name: "FK_vpn_traffic_hours_vpn_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "vpn_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_vpn_key_requests_CreatedAt",
                table: "vpn_key_requests",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_key_requests_KeyId",
                table: "vpn_key_requests",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_keys_DataLimit",
                table: "vpn_keys",
                column: "DataLimit",
                filter: "\"DataLimit\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_keys_ExpiresAt",
                table: "vpn_keys",
                column: "ExpiresAt",
                filter: "\"ExpiresAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_keys_Uuid",
                table: "vpn_keys",
                column: "Uuid",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_vpn_telegram_keys_UserId",
                table: "vpn_telegram_keys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_traffic_BlockedUntil",
                table: "vpn_traffic",
                column: "BlockedUntil",
                filter: "\"BlockedUntil\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_traffic_NextResetAt",
                table: "vpn_traffic",
                column: "NextResetAt",
                filter: "\"NextResetAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_traffic_days_At",
                table: "vpn_traffic_days",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_vpn_traffic_hours_At",
                table: "vpn_traffic_hours",
                column: "At");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "vpn_counters");

            migrationBuilder.DropTable(
                name: "vpn_key_requests");

            migrationBuilder.DropTable(
                name: "vpn_nodes");

            migrationBuilder.DropTable(
                name: "vpn_removals");

            migrationBuilder.DropTable(
                name: "vpn_telegram_keys");

            migrationBuilder.DropTable(
                name: "vpn_traffic");

            migrationBuilder.DropTable(
                name: "vpn_traffic_days");

            migrationBuilder.DropTable(
                name: "vpn_traffic_hours");

            migrationBuilder.DropTable(
                name: "vpn_keys");
        }
    }
}
