package seed

var western = []culture{
	{
		weight: 150,
		given: "James, Emma, Daniel, Sarah, Michael, Olivia, Thomas, Emily, David, Charlotte, John, Laura, Oliver, Sophie, William, Grace, Robert, Hannah, Matthew, Alice, " +
			"Jack, Rebecca, Andrew, Chloe, George, Lucy, Christopher, Amelia, Joseph, Megan, Samuel, Victoria, Benjamin, Rachel, Henry, Ella, Edward, Eleanor, Adam, Zoe, " +
			"Harry, Florence, Ryan, Imogen, Luke, Beatrice, Nathan, Harriet, Isaac, Rosalind, Theodore, Winifred",
		family: "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Evans, Thompson, Walker, White, Roberts, Green, Hall, Wood, Clarke, Hughes, Edwards, Turner, " +
			"Hill, Cooper, Ward, Morris, Moore, Clark, Baker, Harrison, King, Morgan, Allen, James, Scott, Phillips, Watson, Parker, Bennett, Price, Young, Griffiths, " +
			"Mitchell, Cook, Shaw, Bailey, Marshall, Collins, Bell, Murphy, Miller, Cox, Chapman, Palmer, Webb, Hunt, Mills, Rogers, Fox, Barnes, Knight, Holmes",
		begin: "Ash, Black, Brad, Bram, Clay, Dun, East, Fair, Farn, Gold, Green, Hal, Hart, Haver, Hazel, Hol, Hurst, King, Lang, Linden, Lock, Mar, Mill, North, Oak, Pem, Rad, Red, Ridge, Rowan, Sel, Shel, Stan, Stone, Thorn, Til, Wal, War, West, Whit, Win, Wood, York",
		end:   "ford, ley, ton, well, worth, field, combe, wick, bury, ham, hurst, den, brook, more, stead, croft, bridge, thorpe, by, dale",
	},
	{
		weight: 80,
		given: "Anna, Thomas, Lukas, Julia, Michael, Laura, Stefan, Katharina, Jonas, Lena, Felix, Sabine, Markus, Hannah, Tobias, Marie, Andreas, Lisa, Maximilian, Claudia, " +
			"Christian, Nina, Sebastian, Petra, Florian, Johanna, Daniel, Franziska, Matthias, Greta, Jürgen, Ilse, Moritz, Heike, Wolfgang, Birgit, Fabian, Antje, Uwe, Friederike",
		family: "Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer, Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, " +
			"Braun, Krüger, Hofmann, Hartmann, Lange, Werner, Krause, Lehmann, Köhler, Maier, Huber, Kaiser, Fuchs, Peters, Scholz, Möller, Weiß, Jung, Vogel, Keller, Brandt, Gruber, Pichler, Steiner",
		begin: "Ober, Unter, Hinter, Nieder, Stein, Berg, Wald, Eichen, Linden, Rosen, Grün, Alten, Neu, Hohen, Schön, Kirch, Mühl, Birken, Feld, Sonnen, Reichen, Wester, Oster, Dürr, Eisen, Gold, Silber, Winter, Sommer, Hage",
		end:   "mayer, bauer, berger, hofer, müller, mann, hausen, wald, bach, felder, steiner, brunner, egger, huber, thaler, stein, feld, dorfer, lechner, winkler",
	},
	{
		weight: 60,
		given: "Marie, Thomas, Camille, Nicolas, Julie, Pierre, Claire, Antoine, Manon, Julien, Sophie, Alexandre, Léa, Guillaume, Élodie, Mathieu, Chloé, François, Aurélie, Hugo, " +
			"Céline, Louis, Margaux, Étienne, Inès, Baptiste, Hélène, Rémi, Solène, Benoît, Amélie, Yann, Noémie, Thibault, Océane, Gaël",
		family: "Martin, Bernard, Dubois, Thomas, Robert, Richard, Petit, Durand, Leroy, Moreau, Simon, Laurent, Lefebvre, Michel, Garcia, David, Bertrand, Roux, Vincent, Fournier, " +
			"Morel, Girard, André, Mercier, Dupont, Lambert, Bonnet, François, Martinez, Legrand, Garnier, Faure, Rousseau, Blanc, Guérin, Boyer, Chevalier, Perrin, Clément, Gauthier, Le Goff, Delacroix",
		begin: "Beau, Bois, Champ, Châte, Clair, Cour, De la, Du, Font, Grand, Haute, La, Long, Mont, Pont, Roche, Saint-, Val, Ville, Belle",
		end:   "mont, ville, champ, court, fontaine, vallée, rivière, marais, pré, lieu, clair, neuve, fort, bois, breuil, tour, taille",
	},
	{
		weight: 55,
		given: "María, Carlos, Lucía, Javier, Carmen, David, Ana, Alejandro, Laura, Pablo, Marta, Miguel, Elena, Sergio, Isabel, Diego, Paula, Andrés, Sofía, Luis, " +
			"Valentina, José, Cristina, Fernando, Gabriela, Raúl, Beatriz, Álvaro, Natalia, Íñigo, Ximena, Santiago, Rocío, Joaquín, Camila, Ernesto",
		family: "García, Rodríguez, González, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín, Jiménez, Ruiz, Hernández, Díaz, Moreno, Muñoz, Álvarez, Romero, Alonso, Gutiérrez, " +
			"Navarro, Torres, Domínguez, Vázquez, Ramos, Gil, Ramírez, Serrano, Blanco, Molina, Morales, Suárez, Ortega, Delgado, Castro, Ortiz, Rubio, Marín, Iglesias, Echeverría, Ibáñez, Quiroga",
		begin: "+",
	},
	{
		weight: 40,
		given: "Giulia, Marco, Francesca, Alessandro, Chiara, Andrea, Sofia, Matteo, Martina, Lorenzo, Elisa, Davide, Sara, Luca, Valentina, Giuseppe, Alice, Federico, Silvia, Riccardo, " +
			"Beatrice, Stefano, Paola, Niccolò, Caterina, Emanuele, Ginevra, Salvatore",
		family: "Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Bruno, Gallo, Conti, De Luca, Costa, Giordano, Mancini, Rizzo, Lombardi, Moretti, " +
			"Barbieri, Fontana, Santoro, Mariani, Rinaldi, Caruso, Ferrara, Galli, Martini, Leone, Longo, Gentile, Martinelli, Vitale, Marchetti, Sala, D'Angelo",
		begin: "Bella, Bon, Campo, Capo, Casa, Colo, Fior, Fonta, Gualti, Lam, Mal, Monta, Pala, Piazza, Roc, Santa, Serra, Spina, Torri, Valle",
		end:   "bruna, celli, donati, fiore, gnoli, landi, lucci, nelli, netti, rini, sani, telli, vecchia, ventura, zzani, zzoli",
	},
	{
		weight: 45,
		given: "Ana, João, Maria, Pedro, Beatriz, Lucas, Mariana, Tiago, Juliana, Rafael, Camila, Gabriel, Fernanda, Bruno, Inês, Mateus, Larissa, Rodrigo, Catarina, Felipe, " +
			"Leonor, Gustavo, Patrícia, Vinícius, Matilde, Thiago, Aline, Caio, Débora, Otávio",
		family: "Silva, Santos, Oliveira, Souza, Pereira, Ferreira, Costa, Rodrigues, Almeida, Carvalho, Gomes, Ribeiro, Martins, Lima, Araújo, Fernandes, Barbosa, Rocha, Alves, Cardoso, " +
			"Teixeira, Moreira, Correia, Nunes, Mendes, Freitas, Monteiro, Vieira, Marques, Cavalcanti, Machado, Azevedo, Figueiredo, Sá, Nóbrega, Brandão",
		begin: "+",
	},
	{
		weight: 40,
		given:  "Emma, Daan, Sanne, Thijs, Anouk, Lars, Fleur, Bram, Lotte, Pieter, Julia, Jeroen, Eva, Sander, Femke, Ruben, Iris, Maarten, Marieke, Joost, Noor, Wouter, Saskia, Koen, Hanneke, Tijmen",
		family: "de Jong, Jansen, de Vries, van den Berg, Bakker, van Dijk, Visser, Janssen, Smit, Meijer, de Boer, Mulder, de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, " +
			"de Wit, Dijkstra, Smits, de Graaf, van der Meer, van der Linden, Kok, Jacobs, de Haan, Vermeulen, van den Heuvel, Schouten, van Beek, Willems, Hoekstra, Verhoeven, Peeters, Maes",
		begin: "van der, van den, van de, ter, Oude, Nieuw, Groen, Hoog, Wester, Zuider, Nieuwen, Kort, Lange",
		end:   " Velden, huizen, kamp, broek, zand, dijk, hof, veld, water, veen, brink, haven, poort, burg, horst",
	},
	{
		weight: 45,
		given:  "Anna, Erik, Sofia, Lars, Emma, Anders, Ingrid, Johan, Astrid, Mikkel, Freja, Jonas, Maja, Magnus, Karin, Henrik, Linnea, Oskar, Signe, Fredrik, Elin, Søren, Ida, Björn, Solveig, Mads, Åsa, Ragnar, Tuva, Eino, Aino, Sigrún",
		family: "Andersson, Hansen, Johansson, Nielsen, Karlsson, Jensen, Nilsson, Pedersen, Eriksson, Larsen, Larsson, Olsen, Olsson, Johansen, Persson, Andersen, Svensson, Kristensen, Gustafsson, Sørensen, " +
			"Lindberg, Berg, Lindqvist, Haugen, Sandberg, Dahl, Lund, Holm, Bakken, Strand, Virtanen, Korhonen, Nieminen, Mäkinen, Jónsdóttir, Sigurðsson, Ødegård, Åkesson, Solberg, Bergström",
		begin: "Lind, Berg, Sten, Ek, Sand, Dal, Hol, Hag, Ny, Öst, Väst, Norr, Söder, Gran, Björk, Ceder, Al, Eke, Fors, Haug, Kvist, Lager, Mo, Rosen, Sjö, Ström, Sund, Vik, Åker, Ål",
		end:   "gren, qvist, ström, lund, berg, man, dahl, vik, stad, rud, holm, mark, blad, crona, sköld, borg",
	},
	{
		weight: 20,
		given:  "Aoife, Seán, Ciara, Conor, Niamh, Patrick, Sinéad, Liam, Róisín, Cian, Órla, Declan, Eoin, Saoirse, Fiona, Hamish, Isla, Callum, Eilidh, Angus, Rhys, Siân, Gareth, Cerys",
		family: "Murphy, Kelly, O'Sullivan, Walsh, O'Brien, Byrne, Ryan, O'Connor, O'Neill, Doyle, McCarthy, Gallagher, Doherty, Kennedy, Lynch, MacDonald, Campbell, Stewart, McGregor, Fraser, Ó Dálaigh, Ní Bhriain, Mac Giolla",
		begin:  "O', Mc, Mac, Kil, Bally, Dun, Fitz, Inver",
		end:    "Carrick, Donough, Finnegan, Gormley, Hanlon, Keown, Laverty, Mahon, Rory, Tiernan, Clusky, Elroy, Gowan, Kenna, Lean, Nulty, Quade, Shane, Veigh",
	},
}
